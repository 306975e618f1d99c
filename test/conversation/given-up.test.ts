/** What stands of a resident cannot be read any more (a disk, a hand): they are heard nevertheless, danger before anything else. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Body } from '#store/kinds.ts';
import { damage } from './damage.ts';
import { type Harness, openHarness } from './harness.ts';

let h: Harness;
beforeEach(async () => {
  h = await openHarness();
});
afterEach(async () => {
  await h.close();
});

/** An answer that LINE took at once leaves nothing to be damaged. */
function leaveAnswer(kind: string): void {
  if (kind === 'outgoing') h.line.fault({ kind: 'lost', on: 'reply', times: 1 });
}

describe.each([['contact'], ['ticket'], ['outgoing'], ['alert'], ['unmatched'], ['audit']])(
  'a %s that is damaged',
  (kind) => {
    it('does not keep a crisis from its screen, its ticket and its alert', async () => {
      const r = h.resident();
      await r.follow();
      leaveAnswer(kind);
      await r.say('夫に殴られて、こわくて家に帰れません');
      expect(await h.tickets()).toHaveLength(1);
      damage(h.dbPath, kind);
      await h.restart();
      const screen = await r.say('もう死にたい');
      expect(screen.join('\n')).toMatch(/0120|#7119|119|電話/u);
      const alerts = await h.store.list('ashiya', 'alert', 'open', { limit: 9 });
      // A crisis in an open ticket stays under that ticket's alert.
      const seen = [...alerts.map(({ body }) => body.kind), ...(await h.tickets()).map(({ crisis }) => crisis)];
      expect(alerts.length).toBeGreaterThan(0);
      expect(seen).toContain('suicide');
      expect(h.log.join('\n')).not.toContain('work left for later');
    });

    it('does not stand in the way of what they write next', async () => {
      const r = h.resident();
      await r.follow();
      leaveAnswer(kind);
      await r.say('夫に殴られて、こわくて家に帰れません');
      damage(h.dbPath, kind);
      await h.restart();
      await r.say('家賃が払えません');
      const screen = await r.say('家賃が払えません');
      expect(screen.join('\n')).not.toContain('こちらの不具合');
      expect(screen.length).toBeGreaterThan(0);
    });
  },
);

it('a message on its way out that is damaged does not keep the others from leaving', async () => {
  const r = h.resident();
  await r.follow();
  const now = h.clock.now();
  const body: Body<'outgoing'> = {
    contact: r.contact,
    createdAt: now,
    cause: 'staff',
    messages: [{ type: 'text', text: 'あとから届くことば', choices: [] }],
    replyToken: null,
    replyBefore: 0,
    retryKey: randomUUID(),
    via: 'push',
    state: 'waiting',
    attempts: 0,
    nextAt: now,
    outcome: null,
    quotes: [],
    expiresAt: now + 86_400_000,
  };
  const put = (id: string) => h.store.commit('ashiya', [{ type: 'put', kind: 'outgoing', id, revision: 0, body }]);
  await put('first');
  damage(h.dbPath, 'outgoing');
  await put('second');
  await h.conversation.beat();
  await h.conversation.idle();
  expect(h.counts.get('beat_failures ashiya')).toBeUndefined();
  expect(h.line.screenText(r.userId).at(-1)).toBe('あとから届くことば');
});
