/** Names of staff by id, kept in memory and read again when an account changes here or on another server. */
import type { Store } from '#store/store.ts';

export function createDirectory(store: Store): {
  names(municipality: string): Promise<ReadonlyMap<string, string>>;
  close(): void;
} {
  const known = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const stop = store.watch(({ municipality, kind }) => {
    if (kind === 'staff') known.delete(municipality);
  });
  const read = async (municipality: string): Promise<ReadonlyMap<string, string>> => {
    const rows = await store.list(municipality, 'staff', 'all', { limit: 5000 });
    return new Map(rows.map((row) => [row.id, row.body.name]));
  };
  return {
    names(municipality) {
      let names = known.get(municipality);
      if (!names) {
        names = read(municipality);
        known.set(municipality, names);
        names.catch(() => known.delete(municipality));
      }
      return names;
    },
    close: stop,
  };
}
