/** An engine with a world of a few fixed answers: what it asks is answered at once, like the conversation does. */
import type { Assessment } from '#contracts/assessment.ts';
import type { FlowFile, Script } from '#contracts/flow.ts';
import { flowFileSchema } from '#contracts/flow.ts';
import type { Message } from '#contracts/message.ts';
import { type Municipality, municipalitySchema } from '#contracts/municipality.ts';
import {
  type Input,
  type Request,
  type Result,
  type Session,
  type Slot,
  type Step,
  sessionSchema,
} from '#contracts/session.ts';
import { TEXT_KEYS } from '#contracts/texts.ts';
import { resume, type StartOptions, start } from '#engine/engine.ts';

export const AT = Date.parse('2026-11-24T10:00:00+09:00');
const HOUR = 3_600_000;

export const municipality: Municipality = municipalitySchema.parse({
  id: 'town',
  name: 'まち',
  account: 'まち',
  flow: 'main',
  districts: [
    { id: 'east', name: '東' },
    { id: 'west', name: '西', hint: '山の手、港' },
  ],
  consent: { version: '1', purpose: '手助けのため', wording: '{窓口}に伝えてもよいですか。' },
  windows: [
    { id: 'all', name: '総合', about: '何でも', default: true, ways: ['visit', 'phone'], booking: {} },
    { id: 'care', name: '包括', about: '介護', needs: ['elderly'], districts: ['east'], ways: ['visit'], booking: {} },
    { id: 'quiet', name: '予約なし', about: '静か', needs: ['rights'], ways: ['visit'] },
  ],
});

/** Texts are their own names, so that a test reads which one was said. */
const texts = Object.fromEntries(TEXT_KEYS.map((key) => [key, `<${key}>`])) as Record<
  (typeof TEXT_KEYS)[number],
  string
>;

export function scriptOf(...files: { flow: string; [key: string]: unknown }[]): Script {
  const flows = files.map((file) => ({ ...(flowFileSchema.parse(file) as FlowFile), revision: 'r1' }));
  return deepFreeze({ municipality, texts, flow: (id: string) => flows.find((flow) => flow.flow === id) ?? null });
}

export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}

export const assessment = (change: Partial<Assessment> = {}): Assessment => ({
  needs: [{ need: 'elderly', score: 0.9 }],
  scope: 'need',
  about: 'family',
  crisis: 'none',
  confident: true,
  evidence: [],
  concerns: [],
  ...change,
});

/** Free places: tomorrow to the day after next week, 9, 10, 13 and 14 o'clock in Japan. */
export const slots: Slot[] = [1, 2, 3, 8].flatMap((day) =>
  [9, 10, 13, 14].map((hour) => {
    const begin = Date.parse('2026-11-24T00:00:00+09:00') + day * 24 * HOUR + hour * HOUR;
    return { window: 'all', way: 'visit' as const, start: begin, end: begin + HOUR };
  }),
);
const dayOf = (slot: Slot): string => new Date(slot.start + 9 * HOUR).toISOString().slice(0, 10);

export type Answers = { [K in Request['type']]?: (request: Request, session: Session) => Result };

export function answer(request: Request, session: Session, answers: Answers): Result {
  const own = answers[request.type]?.(request, session);
  if (own !== undefined) return own;
  switch (request.type) {
    case 'triage':
      return { type: 'triage', assessment: assessment(), question: null };
    case 'windows': {
      const window = {
        window: 'care',
        name: '包括',
        reason: '介護のこと',
        ways: ['visit' as const],
        confidence: 0.9,
        lead: true,
        demo: false,
      };
      return { type: 'windows', candidates: [window] };
    }
    case 'slots':
      return {
        type: 'slots',
        days: [...new Set(slots.map(dayOf))],
        slots: slots.filter((slot) => request.day === undefined || dayOf(slot) === request.day).slice(0, request.limit),
      };
    case 'hold':
      return { type: 'hold', hold: 'hold-1', until: AT + HOUR };
    case 'release':
      return { type: 'release' };
    case 'handoff':
      return {
        type: 'handoff',
        ticket: 't1',
        receipt: 'A3K-7QF4',
        booking: session.facts.slot ? 'b1' : null,
        callBackCode: '1234',
      };
    case 'cancel_booking':
      return { type: 'cancel_booking', cancelled: true };
    case 'resources':
      return { type: 'resources', resources: [] };
  }
}

/**
 * A talk in which every session is frozen, saved, read again and only then gone on with: the engine keeps nothing for
 * itself and changes nothing it is handed.
 */
export class Playing {
  readonly script: Script;
  readonly answers: Answers;
  session!: Session;
  readonly requests: Request[] = [];
  failure: string | null = null;
  private count = 0;

  constructor(script: Script, answers: Answers = {}) {
    this.script = script;
    this.answers = answers;
  }

  start(flow: string, options: Partial<StartOptions> = {}): string {
    return this.take(start(this.script, { flow, talk: 'talk', at: AT, ...options }));
  }

  say(text: string): string {
    this.count += 1;
    return this.input({ type: 'text', text, messageId: `m${this.count}`, at: AT + this.count });
  }

  tap(label: string): string {
    const option = this.session.asked.find((one) => one.label === label);
    if (option === undefined) throw new Error(`no button ${label}; there are ${this.labels().join(', ')}`);
    return this.input({ type: 'choice', value: option.value, at: AT });
  }

  input(input: Input): string {
    return this.take(resume(this.script, this.session, input));
  }

  labels(): string[] {
    return this.session.asked.map((option) => option.label);
  }

  /** Takes a step and answers what it asks, until the engine rests. @returns all that was said. */
  take(step: Step): string {
    const said: Message[] = [];
    let current = step;
    for (let n = 0; n < 30; n++) {
      this.session = deepFreeze(sessionSchema.parse(JSON.parse(JSON.stringify(current.session))));
      let asked: Request | null = null;
      for (const event of current.events) {
        if (event.type === 'say') said.push(...event.messages);
        if (event.type === 'failed') this.failure = event.code;
        if (event.type === 'request') {
          this.requests.push(event.request);
          if (event.request.type !== 'release') asked = event.request;
        }
      }
      if (asked === null) break;
      current = resume(this.script, this.session, {
        type: 'result',
        result: answer(asked, this.session, this.answers),
      });
    }
    return said.map(textOf).join('\n');
  }
}

export function textOf(message: Message): string {
  if (message.type === 'text') return message.text;
  return message.cards.map((card) => [card.title, ...card.lines.map((line) => line.text)].join(' ')).join('\n');
}
