/** Typed arrays kept in one file that is read without parsing. Such files are copies: losing one costs time, nothing else. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const KINDS = { i32: Int32Array, i16: Int16Array, f64: Float64Array, u8: Uint8Array } as const;
export type KeptArray = Int32Array | Int16Array | Float64Array | Uint8Array;

interface Part {
  readonly name: string;
  readonly kind: keyof typeof KINDS;
  readonly length: number;
  readonly offset: number;
}

const HEAD = 4096;

/** Does nothing when the place cannot be written (a read-only or full disk): the arrays are in memory all the same. */
export function writeArrays(file: string, magic: string, arrays: Readonly<Record<string, KeptArray>>): void {
  const parts: Part[] = [];
  let offset = HEAD;
  for (const [name, array] of Object.entries(arrays)) {
    parts.push({ name, kind: kindOf(array), length: array.length, offset });
    offset += Math.ceil(array.byteLength / 8) * 8;
  }
  const whole = Buffer.alloc(offset);
  whole.write(JSON.stringify({ magic, size: offset, parts }));
  for (const part of parts) {
    const array = arrays[part.name]!;
    whole.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), part.offset);
  }
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}.tmp`;
    writeFileSync(draft, whole);
    renameSync(draft, file);
  } catch {
    // See above.
  }
}

/** undefined when there is no such file, or it is of another version, or damaged. */
export function readArrays(file: string, magic: string): Record<string, KeptArray> | undefined {
  try {
    const whole = readFileSync(file);
    const buffer = whole.buffer as ArrayBuffer;
    const head = JSON.parse(whole.subarray(0, whole.indexOf(0)).toString('utf8')) as {
      magic: string;
      size: number;
      parts: Part[];
    };
    if (head.magic !== magic || head.size !== whole.byteLength || whole.byteOffset % 8 !== 0) return undefined;
    const arrays: Record<string, KeptArray> = {};
    for (const part of head.parts)
      arrays[part.name] = new KINDS[part.kind](buffer, whole.byteOffset + part.offset, part.length);
    return arrays;
  } catch {
    return undefined;
  }
}

function kindOf(array: KeptArray): keyof typeof KINDS {
  if (array instanceof Int32Array) return 'i32';
  if (array instanceof Int16Array) return 'i16';
  return array instanceof Float64Array ? 'f64' : 'u8';
}
