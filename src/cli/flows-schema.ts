import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { crisisFileSchema, crisisLinesFileSchema, repairFileSchema } from '#content/schemas.ts';
import { flowFileSchema } from '#contracts/flow.ts';
import { municipalitySchema } from '#contracts/municipality.ts';
import { TEXT_KEYS } from '#contracts/texts.ts';
import type { Out } from './out.ts';
import { talkFileSchema } from './talk-file.ts';

/** `tsunagi flows schema`: what editors complete and check against; a test compares the files with the code. */
export async function writeSchemas(options: { dir: string }, io: Out): Promise<number> {
  await mkdir(options.dir, { recursive: true });
  for (const [name, text] of Object.entries(jsonSchemas())) await writeFile(join(options.dir, name), text);
  io.stdout.write(`${options.dir} に書き出しました。\n`);
  return 0;
}

/** File name → JSON Schema text. */
export function jsonSchemas(): Record<string, string> {
  const schemas = {
    'flow.schema.json': flowFileSchema,
    'municipality.schema.json': municipalitySchema,
    'texts.schema.json': textsSchema(),
    'repair.schema.json': repairFileSchema,
    'crisis.schema.json': crisisFileSchema,
    'crisis-lines.schema.json': crisisLinesFileSchema,
    'talk.schema.json': talkFileSchema,
  };
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      // `input`: what staff write, before defaults are filled in.
      const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
      return [name, `${JSON.stringify(json, null, 2)}\n`];
    }),
  );
}

function textsSchema(): z.ZodType {
  const groups = new Map<string, string[]>();
  for (const name of TEXT_KEYS) {
    const [group = '', key = ''] = name.split('.');
    groups.set(group, [...(groups.get(group) ?? []), key]);
  }
  const keys = (names: string[]) =>
    z.strictObject(Object.fromEntries(names.map((key) => [key, z.string().optional()])));
  return z.strictObject(Object.fromEntries([...groups].map(([group, names]) => [group, keys(names).optional()])));
}
