/**
 * Puts commits into the words of the `COMMIT` script, and its answers into the driver's. What comes in while others of the
 * same city are on their way waits for them and goes over together (group commit): one call, one look at each record, one
 * write of Redis to its disk; each commit still holds or fails by itself.
 */
import { failureOf, isWrite, type RawCommit, type RawOperation } from '../driver.ts';
import { StoreError } from '../store.ts';
import type { Calls } from './calls.ts';
import type { Changes } from './changes.ts';
import type { Argument } from './connection.ts';
import { CITIES, type CityKeys, keysOf, LAYOUT, NEW_CITY } from './keys.ts';
import { COMMIT } from './scripts.ts';

type Put = Extract<RawOperation, { type: 'put' }>;

interface Waiting {
  operations: readonly RawOperation[];
  /** `performance.now()` of its coming. */
  since: number;
  resolve(result: RawCommit): void;
  reject(error: unknown): void;
}

interface City {
  keys: CityKeys;
  waiting: Waiting[];
  /** Calls under way. */
  calls: number;
  gathering: boolean;
}

/** Calls under way at once for one city: while Redis works on one, the next is on the way. */
const SIDE_BY_SIDE = 2;
/** So many go at once, while the event loop is still at work on others. */
const ENOUGH = 8;
/** A script holds up every other city of its shard, so a call is kept short: so many records, about two milliseconds. */
const MOST_OPERATIONS = 160;

export function createCommit(options: { calls: Calls; changes: Changes; waitMs: number; mostWaiting?: number }) {
  const { calls, changes, waitMs, mostWaiting = 10_000 } = options;
  const cities = new Map<string, City>();
  let waiting = 0;
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

  const gather = (name: string, city: City): void => {
    if (city.calls >= SIDE_BY_SIDE) return;
    if (city.waiting.length >= ENOUGH) {
      void send(name, city);
      return;
    }
    if (city.gathering) return;
    city.gathering = true;
    // What comes in the same round of the event loop goes along.
    setImmediate(() => {
      city.gathering = false;
      if (city.waiting.length > 0 && city.calls < SIDE_BY_SIDE) void send(name, city);
      else if (city.calls === 0) cities.delete(name);
    });
  };
  const send = async (name: string, city: City): Promise<void> => {
    const group = takeGroup(city.waiting);
    waiting -= group.length;
    city.calls++;
    // Redis has been away for as long as a commit may wait: nothing of this one was sent.
    const late = performance.now() - waitMs;
    const inTime = group.filter((one) => one.since >= late);
    for (const one of group) if (one.since < late) one.reject(new StoreError('unavailable', 'Redis did not answer'));
    try {
      if (inTime.length > 0) await carryOut(name, city, inTime);
    } catch (error) {
      for (const one of inTime) one.reject(error);
    } finally {
      city.calls--;
      gather(name, city);
    }
  };
  const carryOut = async (name: string, { keys }: City, group: readonly Waiting[]): Promise<void> => {
    const commits = group.map(({ operations }) => operations);
    for (;;) {
      const call = encode(keys, commits, changes, known);
      const reply = await calls.run(COMMIT, call.keys, call.args, false);
      if (Array.isArray(reply)) {
        for (const [i, one] of group.entries()) settle(name, one, Number(reply[i]));
        return;
      }
      const [word, rest = ''] = String(reply).split(/ (.*)/su);
      if (word === 'new') await register(calls, keys, name);
      else if (word === 'index') learn(rest.slice(0, rest.indexOf('/')), rest.slice(rest.indexOf('/') + 1));
      else {
        const found = `the data of ${name} in Redis has layout ${rest}`;
        throw new StoreError('misconfigured', `${found}, this program writes ${LAYOUT}`);
      }
    }
  };
  const settle = (name: string, { operations, resolve }: Waiting, failed: number): void => {
    if (failed > 0) resolve(failureOf(operations[failed - 1]!));
    else {
      changes.tell(name, operations);
      resolve({ ok: true });
    }
  };

  return (name: string, operations: readonly RawOperation[]): Promise<RawCommit> => {
    if (waiting >= mostWaiting) {
      return Promise.reject(new StoreError('unavailable', `more than ${mostWaiting} commits wait for Redis`));
    }
    for (const operation of operations) {
      if (operation.type === 'put') for (const [index] of operation.entries) learn(operation.kind, index);
    }
    let city = cities.get(name);
    if (!city) {
      city = { keys: keysOf(name), waiting: [], calls: 0, gathering: false };
      cities.set(name, city);
    }
    waiting++;
    return new Promise((resolve, reject) => {
      city.waiting.push({ operations, since: performance.now(), resolve, reject });
      gather(name, city);
    });
  };
}

/** The oldest ones, as many as a call may hold; at least one. */
function takeGroup(waiting: Waiting[]): Waiting[] {
  let size = 0;
  const end = waiting.findIndex(({ operations }, i) => {
    size += operations.length;
    return i > 0 && size > MOST_OPERATIONS;
  });
  return waiting.splice(0, end < 0 ? waiting.length : end);
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
  commits: readonly (readonly RawOperation[])[],
  changes: Changes,
  known: ReadonlyMap<string, ReadonlySet<string>>,
): { keys: string[]; args: Argument[] } {
  const keys = [cityKeys.all, cityKeys.expiry, cityKeys.changes];
  const numbers = new Map<string, Map<string, number>>();
  let names = '';
  let declared = 0;
  for (const operations of commits) {
    for (const operation of operations) {
      const { kind } = operation;
      if (!isWrite(operation) || numbers.has(kind)) continue;
      const ofKind = new Map<string, number>();
      numbers.set(kind, ofKind);
      for (const name of known.get(kind) ?? []) {
        const full = `${kind}/${name}`;
        ofKind.set(name, ++declared);
        names += `${full}\n`;
        keys.push(cityKeys.index(full), cityKeys.counts(full));
      }
    }
  }
  keys.push(cityKeys.layout, cityKeys.copying, cityKeys.changed);
  const args: Argument[] = [String(LAYOUT), changes.self, names, String(declared), String(commits.length)];
  const bodies: Uint8Array[] = [];
  for (const operations of commits) {
    args.push(String(operations.length), changes.message(operations));
    for (const operation of operations) {
      const { type, kind } = operation;
      if (operation.type === 'none') {
        keys.push(cityKeys.index(`${kind}/${operation.index}`));
        args.push(type, kind, operation.prefix, 'any');
        continue;
      }
      const { id, revision } = operation;
      keys.push(cityKeys.record(kind, id));
      args.push(type, kind, id, String(revision));
      if (operation.type === 'put') pushPut(args, bodies, operation, numbers.get(kind)!);
    }
  }
  // In one piece: the client writes each piece of bytes by itself.
  args.push(Buffer.concat(bodies));
  return { keys, args };
}

function pushPut(
  args: Argument[],
  bodies: Uint8Array[],
  { id, version, expiresAt, entries, body }: Put,
  numbers: Map<string, number>,
): void {
  if (!(body instanceof Uint8Array)) throw new TypeError('this driver does not seal');
  bodies.push(body);
  args.push(String(version), expiresAt === null ? '-' : String(expiresAt), JSON.stringify(entries));
  args.push(String(body.length));
  args.push(String(entries.length));
  for (const [name, key, group] of entries) args.push(String(numbers.get(name)!), `${key}\0${id}`, group ?? '\0');
}
