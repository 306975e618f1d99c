/** A message whose turn begins at once is kept by that turn; whatever goes otherwise, it is in the inbox before the 200. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Incoming } from '#contracts/event.ts';
import { timeKey } from '#store/kinds.ts';
import { type Operation, type Store, StoreError } from '#store/store.ts';
import { type Harness, openHarness } from './harness.ts';

let h: Harness;
let commit: Store['commit'];
/** What was asked to be written, commit by commit: `kind@revision`. */
let asked: string[][];
beforeEach(async () => {
  h = await openHarness();
  commit = h.store.commit;
  asked = [];
});
afterEach(async () => {
  h.store.commit = commit;
  await h.close();
});

/** @param hold carries the commit out when it resolves; throws instead of writing. */
function onCommit(hold: (kinds: string[], operations: readonly Operation[]) => Promise<void> | void): void {
  h.store.commit = async (city, operations, options) => {
    asked.push(operations.map(({ kind, ...rest }) => `${kind}@${'revision' in rest ? rest.revision : rest.type}`));
    await hold(
      operations.map(({ kind }) => kind),
      operations,
    );
    return commit(city, operations, options);
  };
}
/** Turns stand still at their commits. @returns lets them go on. */
function holdTurns(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  onCommit((kinds) => (kinds.includes('contact') ? promise : undefined));
  return resolve;
}
const heardOf = async (contact: string): Promise<(string | null)[]> =>
  (await h.session(contact))!.facts.heard.map(({ text }) => text);
const delivered = (): number => h.line.calls.filter((call) => call.delivered).length;

describe('a message whose turn begins at once', () => {
  it('is written to the disk once: with its turn', async () => {
    const r = h.resident();
    await r.follow();
    onCommit(() => {});
    await r.say('家賃が払えません');
    // What became of the answer is written afterwards, not durably.
    expect(asked).toEqual([['contact@1', 'outgoing@0'], ['outgoing@1']]);
  });

  it('is told 200 when its turn takes long, and is in the inbox by then', async () => {
    const r = h.resident();
    await r.follow();
    const goOn = holdTurns();
    expect((await h.line.say(r.userId, '家賃が払えません')).status).toBe(200);
    expect(await h.store.list('ashiya', 'inbox', 'waiting', { limit: 9 })).toHaveLength(1);
    goOn();
    await h.conversation.idle();
    expect(await h.store.list('ashiya', 'inbox', 'waiting', { limit: 9 })).toEqual([]);
    expect(await heardOf(r.contact)).toEqual(['家賃が払えません']);
    expect(delivered()).toBe(2);
  });

  it('goes on from the inbox when it was put there while its turn was at work', async () => {
    const r = h.resident();
    await r.follow();
    const { promise, resolve } = Promise.withResolvers<void>();
    const { get } = h.store;
    h.store.get = async (city, kind, id) => {
      if (kind === 'contact') await promise;
      return get(city, kind, id);
    };
    onCommit(() => {});
    expect((await h.line.say(r.userId, '家賃が払えません')).status).toBe(200);
    expect(asked).toEqual([['inbox@0']]);
    resolve();
    await h.conversation.idle();
    h.store.get = get;
    expect(asked[1]).toContain('inbox@1');
    expect(h.counts.get('races ashiya')).toBeUndefined();
    expect(delivered()).toBe(2);
  });

  it('is not told 200 when nothing can be written', async () => {
    const r = h.resident();
    await r.follow();
    onCommit(() => {
      throw new StoreError('unavailable', 'away');
    });
    expect((await h.line.say(r.userId, '家賃が払えません')).status).toBe(500);
    h.store.commit = commit;
    await h.line.redeliver();
    await h.conversation.idle();
    expect(await heardOf(r.contact)).toEqual(['家賃が払えません']);
    expect(delivered()).toBe(2);
  });

  it('that comes again, while its turn is at work and afterwards, has one effect', async () => {
    const r = h.resident();
    await r.follow();
    const goOn = holdTurns();
    const events = [h.line.events.text(r.userId, '家賃が払えません')];
    const said = h.line.deliver('ashiya', events);
    await expect.poll(() => asked.length).toBe(1);
    const again = h.line.deliver('ashiya', events);
    goOn();
    expect([(await said).status, (await again).status]).toEqual([200, 200]);
    await h.conversation.idle();
    expect((await h.line.deliver('ashiya', events)).status).toBe(200);
    await h.conversation.idle();
    expect(await heardOf(r.contact)).toEqual(['家賃が払えません']);
    expect(delivered()).toBe(2);
  });

  it('is answered before the next one, which comes while its turn has not begun', async () => {
    const r = h.resident();
    await r.follow();
    const first = h.line.say(r.userId, '家賃が払えません');
    h.clock.advance(10);
    const second = h.line.say(r.userId, '母の物忘れも心配です');
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    await h.conversation.idle();
    expect(await heardOf(r.contact)).toEqual(['家賃が払えません', '母の物忘れも心配です']);
    expect(delivered()).toBe(3);
  });

  it('is kept by a service that stops, and answered by the next one', async () => {
    const residents = Array.from({ length: 40 }, () => h.resident());
    const goOn = holdTurns();
    const deliveries = residents.map(({ userId }) => h.line.say(userId, '家賃が払えません'));
    // As many turns as there are workers hang at their commits; the others have not begun.
    await expect.poll(() => asked.filter((kinds) => kinds.length > 1).length).toBe(16);
    const restarted = h.restart();
    goOn();
    expect((await Promise.all(deliveries)).map(({ status }) => status)).toEqual(residents.map(() => 200));
    await restarted;
    await h.conversation.idle();
    for (const { contact } of residents) expect(await heardOf(contact)).toEqual(['家賃が払えません']);
    expect(delivered()).toBe(residents.length);
  });

  it('whose turn always fails is given up after three tries, with words for the resident', async () => {
    const r = h.resident();
    await r.follow();
    onCommit((_, operations) => {
      if (JSON.stringify(operations.filter(({ kind }) => kind === 'contact')).includes('家賃'))
        throw new Error('a fault');
    });
    expect((await h.line.say(r.userId, '家賃が払えません')).status).toBe(200);
    await h.conversation.idle();
    expect(h.counts.get('turn_failures ashiya')).toBe(3);
    expect(h.line.screenText(r.userId).at(-1)).toContain('こちらの不具合');
    expect(delivered()).toBe(2);
  });
});

describe('where other servers may work on the same store', () => {
  beforeEach(async () => {
    h.store.commit = commit;
    await h.close();
    h = await openHarness({ alone: false });
    ({ commit } = h.store);
  });

  it('is written once, with its turn, provided nothing of its contact waits', async () => {
    const r = h.resident();
    await r.follow();
    asked.length = 0;
    onCommit(() => {});
    await r.say('家賃が払えません');
    expect(asked).toEqual([['inbox@none', 'contact@1', 'outgoing@0'], ['outgoing@1']]);
  });

  it('comes after what another server has left in the inbox', async () => {
    const r = h.resident();
    await r.follow();
    const at = h.clock.now();
    const event: Incoming = {
      id: 'left',
      municipality: 'ashiya',
      channel: 'line',
      contact: r.contact,
      address: r.userId,
      at,
      receivedAt: at,
      type: 'text',
      messageId: '1',
      text: '家賃が払えません',
    };
    const body = { event, order: timeKey(at), attempts: 0, withdrawn: false, expiresAt: null };
    await commit('ashiya', [{ type: 'put', kind: 'inbox', id: `m:1:${r.contact}`, revision: 0, body }]);
    h.clock.advance(1_000);
    await r.say('母の物忘れも心配です');
    expect(await heardOf(r.contact)).toEqual(['家賃が払えません', '母の物忘れも心配です']);
    expect(await h.store.list('ashiya', 'inbox', 'waiting', { limit: 9 })).toEqual([]);
    expect(h.counts.get('events_duplicate ashiya')).toBeUndefined();
  });
});
