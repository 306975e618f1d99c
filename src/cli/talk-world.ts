/**
 * The whole conversation on this machine and in memory: real flows, real store, real hand-off; a channel that keeps what
 * would be sent, a clock that stands still. Nothing leaves the process.
 */
import type { Content } from '#content/load-content.ts';
import type { Incoming } from '#contracts/event.ts';
import type { Choice, Message } from '#contracts/message.ts';
import type { Ticket } from '#contracts/ticket.ts';
import type { Channel } from '#conversation/channel.ts';
import { openScripts } from '#conversation/scripts.ts';
import { createConversation } from '#conversation/service.ts';
import type { World } from '#conversation/talk.ts';
import { holdSlot } from '#handoff/claims.ts';
import { createDraft } from '#store/draft.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import { createManualClock } from '#support/clock.ts';
import { createCountingIds } from '#support/ids.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';
import { silentLogger } from '#support/logger.ts';
import type { Triage } from '#triage/create-triage.ts';
import type { Questions } from '#triage/splitting-question.ts';

type Media = Extract<Incoming, { type: 'media' }>['media'];

export interface TalkWorld {
  follow(): Promise<Message[]>;
  block(): Promise<Message[]>;
  say(text: string): Promise<Message[]>;
  send(media: Media): Promise<Message[]>;
  /** @returns null when no such button can be tapped; `old`: also quick replies that LINE would no longer show. */
  tap(label: string, options?: { old?: boolean; date?: string }): Promise<Message[] | null>;
  /** Withdraws the n-th text, 1 = the first. */
  unsend(n: number): Promise<Message[]>;
  wait(ms: number): Promise<Message[]>;
  /** Takes every place of an offered time for others. @returns false when no such time is offered now. */
  takeElsewhere(label: string): Promise<boolean>;
  /** Buttons on the screen now. */
  buttons(): Choice[];
  tickets(): Promise<Ticket[]>;
  failures(): readonly string[];
  close(): Promise<void>;
}

const CONTACT = 'resident';

export async function openTalkWorld(options: {
  content: Content;
  municipality: string;
  triage: Pick<Triage, 'assess'>;
  questions: Questions;
  /** Milliseconds UTC. */
  at: number;
}): Promise<TalkWorld> {
  const { content, municipality } = options;
  const clock = createManualClock(options.at);
  const ids = createCountingIds();
  const store = createSealedStore({
    driver: createEmbeddedDriver({ path: ':memory:' }),
    keyRing: createKeyRing(generateKey('talk')),
  });
  const scripts = await openScripts({ store, content: () => content, now: () => clock.now() });
  await scripts.keep(content);
  const failures: string[] = [];
  const screen: Message[] = [];
  const take = async (messages: readonly Message[]) => {
    screen.push(...messages);
    return { type: 'delivered' } as const;
  };
  const channel: Channel = {
    reply: (_municipality, _token, messages) => take(messages),
    push: (_municipality, _address, messages) => take(messages),
  };
  const world: World = {
    content: () => content,
    script: (id) => scripts.script(id),
    triage: options.triage,
    questions: options.questions,
    clock,
    ids,
    log: { ...silentLogger, error: (what, facts) => failures.push(`${what} ${describe(facts)}`) },
    count: () => {},
  };
  const conversation = createConversation({
    world,
    store,
    channels: { line: channel, page: channel },
    municipalities: [municipality],
    workers: 1,
    beatMs: 86_400_000,
  });
  // In mode `page` the talk takes place on the city's page.
  const channelName = content.municipalities.get(municipality)?.mode === 'page' ? 'page' : 'line';
  let events = 0;
  const said: string[] = [];

  const deliver = async (make: (base: Base) => Incoming): Promise<Message[]> => {
    const before = screen.length;
    // A second between what is said: order and `at` stay apart.
    clock.advance(1_000);
    events += 1;
    await conversation.receive([make(base(municipality, channelName, `e${events}`, clock.now()))]);
    await conversation.idle();
    return screen.slice(before);
  };

  return {
    follow: () => deliver((b) => ({ ...b, type: 'follow', back: false })),
    block: () => deliver((b) => ({ ...b, type: 'unfollow' })),
    say: (text) => {
      const messageId = `m${said.length + 1}`;
      said.push(messageId);
      return deliver((b) => ({ ...b, type: 'text', messageId, text }));
    },
    send: (media) => deliver((b) => ({ ...b, type: 'media', messageId: `x${b.id}`, media })),
    async tap(label, how = {}) {
      const choice = findButton(screen, label, how.old ?? false);
      if (choice === null || choice.kind === 'uri') return null;
      const { date } = how;
      return deliver((b) => ({ ...b, type: 'postback', data: choice.data, ...(date === undefined ? {} : { date }) }));
    },
    unsend: (n) => deliver((b) => ({ ...b, type: 'unsend', messageId: said[n - 1] ?? '' })),
    async wait(ms) {
      const before = screen.length;
      clock.advance(ms);
      await conversation.beat();
      await conversation.idle();
      return screen.slice(before);
    },
    async takeElsewhere(label) {
      const session = (await store.get(municipality, 'contact', CONTACT))?.body.talk?.session;
      const [, start, end] = session?.asked.find((option) => option.label === label)?.value.split(':') ?? [];
      const city = content.municipalities.get(municipality);
      if (!session?.facts.window || !session.facts.way || start === undefined || !city) return false;
      const slot = { window: session.facts.window, way: session.facts.way, start: Number(start), end: Number(end) };
      for (let other = 0; ; other++) {
        const draft = createDraft(store, municipality);
        const contact = `other${other}`;
        const held = await holdSlot(draft, { municipality: city, slot, contact, id: ids.id(), now: clock.now() });
        if (held.taken) return true;
        await draft.commit();
      }
    },
    buttons: () => buttonsNow(screen),
    async tickets() {
      return (await store.list(municipality, 'ticket', 'created', { limit: 100 })).map((row) => row.body);
    },
    failures: () => failures,
    async close() {
      await conversation.stop();
      await store.close();
    },
  };
}

type Base = Pick<Incoming, 'id' | 'municipality' | 'channel' | 'contact' | 'address' | 'at' | 'receivedAt'> & {
  replyToken: string;
};

function base(municipality: string, channel: Base['channel'], id: string, now: number): Base {
  const who = { municipality, channel, contact: CONTACT, address: CONTACT };
  return { ...who, id, at: now, receivedAt: now, replyToken: `r-${id}` };
}

/** Quick replies show under the last bubble only (LINE reference); buttons on cards stay. Newest first. */
function buttonsNow(screen: readonly Message[]): Choice[] {
  const onCards = (message: Message | undefined): Choice[] =>
    message?.type === 'cards' ? message.cards.flatMap((card) => card.buttons) : [];
  const last = screen.at(-1);
  const older = screen.slice(0, -1).toReversed().flatMap(onCards);
  return [...onCards(last), ...(last?.choices ?? []), ...older];
}

function findButton(screen: readonly Message[], label: string, old: boolean): Choice | null {
  const all = old
    ? screen
        .slice(0, -1)
        .toReversed()
        .flatMap((message) => buttonsNow([message]))
    : buttonsNow(screen);
  return all.find((choice) => choice.label === label) ?? null;
}

function describe(facts: Record<string, unknown> | undefined): string {
  const error = facts?.error;
  return error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(facts ?? {});
}
