/** Puts a commit into the words of the `COMMIT` script, and its answer into the driver's. */
import type { RawCommit, RawOperation } from '../driver.ts';
import { StoreError } from '../store.ts';
import type { Calls } from './calls.ts';
import type { Changes } from './changes.ts';
import type { Argument } from './connection.ts';
import { CITIES, type CityKeys, keysOf, LAYOUT, NEW_CITY } from './keys.ts';
import { COMMIT } from './scripts.ts';

type Put = Extract<RawOperation, { type: 'put' }>;

export function createCommit(options: { calls: Calls; changes: Changes }) {
  const { calls, changes } = options;
  /**
   * Index names of each kind, as far as this process has met them. Every key a script writes is declared, so that a
   * cluster can refuse while it moves a slot; Redis names an index that only an older record stands in.
   */
  const known = new Map<string, Set<string>>();
  const learn = (kind: string, name: string): void => {
    const names = known.get(kind);
    if (names) names.add(name);
    else known.set(kind, new Set([name]));
  };

  return async (city: string, operations: readonly RawOperation[]): Promise<RawCommit> => {
    const keys = keysOf(city);
    for (const operation of operations) {
      if (operation.type === 'put') for (const [name] of operation.entries) learn(operation.kind, name);
    }
    const message = changes.message(operations);
    for (;;) {
      const call = encode(keys, operations, message, known);
      const reply = await calls.run(COMMIT, call.keys, call.args, false);
      if (reply === 0) {
        changes.tell(city, operations);
        return { ok: true };
      }
      if (typeof reply === 'number') {
        const { kind, id } = operations[reply - 1]!;
        return { ok: false, kind, id };
      }
      const [word, rest = ''] = String(reply).split(/ (.*)/su);
      if (word === 'new') await register(calls, keys, city);
      else if (word === 'index') learn(rest.slice(0, rest.indexOf('/')), rest.slice(rest.indexOf('/') + 1));
      else {
        const found = `the data of ${city} in Redis has layout ${rest}`;
        throw new StoreError('misconfigured', `${found}, this program writes ${LAYOUT}`);
      }
    }
  };
}

/** A city is known before anything of it is kept. */
async function register(calls: Calls, { layout }: CityKeys, city: string): Promise<void> {
  await calls.call(CITIES, ['SADD', CITIES, city], true);
  await calls.call(layout, ['SET', layout, String(LAYOUT), 'NX'], true);
  await calls.call(NEW_CITY, ['SPUBLISH', NEW_CITY, city], true);
}

/** Loops and pushes: this runs for every turn, and was the dearest part of it in this process. */
function encode(
  cityKeys: CityKeys,
  operations: readonly RawOperation[],
  message: string,
  known: ReadonlyMap<string, ReadonlySet<string>>,
): { keys: string[]; args: Argument[] } {
  const keys = [cityKeys.all, cityKeys.expiry, cityKeys.changes];
  const numbers = new Map<string, Map<string, number>>();
  let names = '';
  let declared = 0;
  for (const { type, kind } of operations) {
    if (type === 'check' || numbers.has(kind)) continue;
    const ofKind = new Map<string, number>();
    numbers.set(kind, ofKind);
    for (const name of known.get(kind) ?? []) {
      const full = `${kind}/${name}`;
      ofKind.set(name, ++declared);
      names += `${full}\n`;
      keys.push(cityKeys.index(full), cityKeys.counts(full));
    }
  }
  keys.push(cityKeys.layout, cityKeys.copying, cityKeys.changed);
  const args: Argument[] = [String(LAYOUT), message, names, String(declared)];
  for (const operation of operations) {
    const { type, kind, id, revision } = operation;
    keys.push(cityKeys.record(kind, id));
    args.push(type, kind, id, String(revision));
    if (operation.type === 'put') pushPut(args, operation, numbers.get(kind)!);
  }
  return { keys, args };
}

function pushPut(args: Argument[], { id, version, expiresAt, entries, body }: Put, numbers: Map<string, number>): void {
  if (!(body instanceof Uint8Array)) throw new TypeError('this driver does not seal');
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  args.push(String(version), expiresAt === null ? '-' : String(expiresAt), JSON.stringify(entries), bytes);
  args.push(String(entries.length));
  for (const [name, key, group] of entries) args.push(String(numbers.get(name)!), `${key}\0${id}`, group ?? '\0');
}
