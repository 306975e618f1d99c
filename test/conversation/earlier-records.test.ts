/** What earlier versions of this service have kept is taken up as it is. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { damage } from './damage.ts';
import { type Harness, openHarness } from './harness.ts';

let h: Harness;
beforeEach(async () => {
  h = await openHarness();
});
afterEach(async () => {
  await h.close();
});

/** As the version before kept it: the talk beside the contact, and a mark in the inbox for the event that is done. */
async function asBefore(contact: string, done: string | null = null): Promise<void> {
  const stored = (await h.store.get('ashiya', 'contact', contact))!;
  const { talk, done: _, ...body } = stored.body;
  const mark = { event: null, order: '', attempts: 0, withdrawn: false, expiresAt: h.clock.now() + 86_400_000 };
  expect(
    await h.store.commit('ashiya', [
      { type: 'put', kind: 'contact', id: contact, revision: stored.revision, body },
      { type: 'put', kind: 'session', id: contact, revision: 0, body: talk! },
      ...(done === null ? [] : [{ type: 'put', kind: 'inbox', id: done, revision: 0, body: mark } as const]),
    ]),
  ).toEqual({ ok: true });
}

it('goes on with a talk that stands beside its contact, and keeps it with the contact from then on', async () => {
  const r = h.resident();
  await r.follow();
  await r.say('家賃が払えません');
  const before = (await h.session(r.contact))!;
  await asBefore(r.contact);
  await r.say('母の物忘れも心配です');
  const after = (await h.session(r.contact))!;
  expect(after.talk).toBe(before.talk);
  expect(after.facts.heard.map(({ text }) => text)).toEqual(['家賃が払えません', '母の物忘れも心配です']);
  expect(await h.store.get('ashiya', 'session', r.contact)).toBeNull();
});

it('has one effect for a message that was done before and comes again now', async () => {
  const r = h.resident();
  await r.follow();
  const event = h.line.events.text(r.userId, '家賃が払えません');
  await h.line.deliver('ashiya', [event]);
  await h.conversation.idle();
  await asBefore(r.contact, `m:${(event as unknown as { message: { id: string } }).message.id}:${r.contact}`);
  await h.line.deliver('ashiya', [event]);
  await h.conversation.idle();
  expect(h.line.calls.filter((call) => call.delivered)).toHaveLength(2);
  expect(h.counts.get('events_duplicate ashiya')).toBe(1);
});

it('deletes on request what stands beside the contact, too', async () => {
  const r = h.resident();
  await r.follow();
  await r.say('借金が三百万円あります');
  await r.say('データを消して');
  await asBefore(r.contact);
  await r.tap('消す');
  expect(await h.store.get('ashiya', 'session', r.contact)).toBeNull();
  expect(JSON.stringify(await h.store.get('ashiya', 'contact', r.contact))).not.toContain('三百万円');
});

it('hears danger, and what they write next, when what stands beside the contact cannot be read', async () => {
  const r = h.resident();
  await r.follow();
  await r.say('家賃が払えません');
  await asBefore(r.contact);
  damage(h.dbPath, 'session');
  await h.restart();
  expect((await r.say('もう死にたい')).join('\n')).toMatch(/0120|#7119|119|電話/u);
  expect(await h.tickets()).toHaveLength(1);
  const screen = await r.say('家賃が払えません');
  expect(screen.join('\n')).not.toContain('こちらの不具合');
  expect(screen.length).toBeGreaterThan(0);
});
