/**
 * The scripts residents' sessions run on. A session never changes its flow under way: each flow revision is kept in the
 * store when the service first sees it, so that it is known after a restart with edited files too.
 */

import type { Content } from '#content/load-content.ts';
import { type Flow, flowFileSchema, type Script } from '#contracts/flow.ts';
import { districtNeeded } from '#handoff/find-windows.ts';
import type { Operation, Store } from '#store/store.ts';

/** Where the revisions of every city are kept. */
const PLACE = '-';

export interface Scripts {
  script(municipality: string): Script | null;
  /** Call with newly loaded content before it is used. */
  keep(content: Content): Promise<void>;
}

export async function openScripts(options: { store: Store; content(): Content; now(): number }): Promise<Scripts> {
  const { store } = options;
  const kept = new Map<string, Flow>();
  let after: string | undefined;
  for (;;) {
    const rows = await store.list(PLACE, 'revision', 'all', { limit: 500, ...(after === undefined ? {} : { after }) });
    for (const row of rows) {
      const flow = flowFileSchema.safeParse(row.body.flow);
      // A revision of an older flow language: its sessions go on with the file as it is now.
      if (flow.success) kept.set(row.id, { ...flow.data, revision: row.body.revision });
    }
    after = rows.at(-1)?.cursor;
    if (rows.length < 500) break;
  }
  const name = (municipality: string, flow: string, revision: string): string => `${municipality}/${flow}@${revision}`;
  const wrapped = new WeakMap<Script, Script>();

  return {
    script(municipality) {
      const script = options.content().script(municipality);
      if (script === null) return null;
      let withOld = wrapped.get(script);
      if (!withOld) {
        withOld = {
          ...script,
          districtNeeded: (facts) => districtNeeded(script.municipality, facts),
          flow: (id, revision) => {
            const current = script.flow(id, revision);
            if (revision === undefined || current?.revision === revision) return current;
            return kept.get(name(municipality, id, revision)) ?? current;
          },
        };
        wrapped.set(script, withOld);
      }
      return withOld;
    },
    async keep(content) {
      const fresh = new Map<string, Flow>();
      for (const municipality of content.municipalities.keys()) {
        for (const flow of content.flows(municipality)) {
          const id = name(municipality, flow.flow, flow.revision);
          if (!kept.has(id)) fresh.set(id, flow);
        }
      }
      const puts = [...fresh].map(([id, { revision, ...flow }]): Operation => {
        return { type: 'put', kind: 'revision', id, revision: 'any', body: { flow, revision, at: options.now() } };
      });
      if (puts.length > 0) await store.commit(PLACE, puts);
      for (const [id, flow] of fresh) kept.set(id, flow);
    },
  };
}
