/** By when staff should have looked at a ticket first, and answered first: counted in the window's open minutes. */
import { z } from 'zod';
import type { Municipality } from '#contracts/municipality.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { businessDeadline } from '#handoff/opening-hours.ts';
import type { Store } from '#store/store.ts';

export const targetsSchema = z.strictObject({
  /** Open minutes until somebody has accepted it; urgent ones have a fifth of it. */
  firstLook: z.int().min(5).max(10_000),
  /** Open minutes until the resident has heard from a person, or has a booking. */
  firstAnswer: z.int().min(5).max(20_000),
});
export type Targets = z.infer<typeof targetsSchema>;
export const DEFAULT_TARGETS: Targets = { firstLook: 240, firstAnswer: 960 };
export const TARGETS_SETTING = 'console-targets';

export async function readTargets(store: Store, city: string): Promise<Targets> {
  const stored = await store.get(city, 'setting', TARGETS_SETTING);
  return stored ? targetsSchema.parse(JSON.parse(stored.body.value)) : DEFAULT_TARGETS;
}

export interface Deadline {
  what: 'look' | 'answer';
  at: number;
  late: boolean;
}

const ANSWERS = new Set(['answered', 'result', 'booked', 'closed']);

/** @returns what is due next; null when nothing is, or the window's hours are not known. */
export function deadlineOf(city: Municipality, ticket: Ticket, targets: Targets, now: number): Deadline | null {
  const what = ticket.state === 'new' ? 'look' : ticket.state === 'accepted' ? 'answer' : null;
  if (what === null) return null;
  if (what === 'answer' && ticket.history.some((entry) => ANSWERS.has(entry.what))) return null;
  const window = city.windows.find((one) => one.id === ticket.window);
  if (window === undefined) return null;
  const minutes =
    what === 'look' ? (ticket.urgent ? Math.ceil(targets.firstLook / 5) : targets.firstLook) : targets.firstAnswer;
  // What was passed on begins anew at the window that has it now.
  const from = ticket.passes?.at(-1)?.at ?? ticket.createdAt;
  const at = businessDeadline(city, window, from, minutes);
  return at === null ? null : { what, at, late: at < now };
}
