import { expect, it } from 'vitest';
import { acknowledge, endClosedFile, openClosedFile } from '#handoff/cases/closed-file.ts';
import { endCase } from '#handoff/cases/end-case.ts';
import { openCase } from '#handoff/cases/open-case.ts';
import { retain } from '#handoff/retention.ts';
import { inDraft } from '#store/draft.ts';
import { createCountingIds } from '#support/ids.ts';
import { MONDAY_10, openMemoryStore } from '../cities.ts';
import { city, putTicket } from './kit.ts';

it('keeps cases and closed files for the time of a ticket, then nothing of them, and reports only what may be told', async () => {
  const store = openMemoryStore();
  const ids = createCountingIds();
  const fukui = await city('fukui');
  const act = { municipality: fukui, ids, by: 's', now: MONDAY_10 };
  const ticket = await putTicket(store, fukui, { id: 't1', window: 'yorisoi', consent: true });
  await inDraft(store, 'fukui', async (draft) => {
    const opened = await openCase(draft, { ...act, id: 'c1', tickets: ['t1'], reason: 'x', urgency: 'regular' });
    if (!opened.ok) throw new Error(opened.why);
    const open = { ...opened.case, state: 'open' as const };
    const { outcome } = endCase(open, [ticket], { ...act, evaluation: 'x', achieved: 'yes', backTo: 'yorisoi' });
    if (outcome.ok) await draft.put('case', 'c1', outcome.case);
    const file = { file: 'f1', by: 's', now: MONDAY_10, ids };
    await openClosedFile(draft, {
      ...file,
      id: 'f1',
      municipality: 'fukui',
      tickets: [],
      reason: 'x',
      without: 'refused',
      urgency: 'regular',
      lead: 'yorisoi',
      name: 'n',
      body: 'b',
    });
    await acknowledge(draft, file);
    await endClosedFile(draft, { ...file, why: 'x' });
  });
  const days = fukui.retentionDays.ticket;
  const later = (n: number) => retain(store, { municipality: fukui, now: MONDAY_10 + n * 86_400_000, limit: 100, ids });
  expect(await later(days - 1)).toEqual({});
  expect(await later(days + 1)).toMatchObject({ cases: 1, closedFiles: 1 });
  for (const kind of ['case', 'closed_file'] as const)
    expect(await store.get('fukui', kind, kind === 'case' ? 'c1' : 'f1')).toBeNull();
  for (const kind of ['closed_member', 'closed_audit'] as const)
    expect(await store.list('fukui', kind, 'file', { limit: 9 })).toEqual([]);
  const report = (await store.list('fukui', 'audit', 'at', { limit: 99 }))
    .map((row) => row.body)
    .find(({ action }) => action === 'retention.report');
  expect(report?.detail.cases).toBe('1');
  expect(JSON.stringify(report)).not.toMatch(/closed/u);
  await store.close();
});
