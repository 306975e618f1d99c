/**
 * A crisis makes a flagged ticket at the window in charge with the time of receipt, even if the sender stays anonymous and
 * books nothing (R28). It is made in the turn that heard it, before any further question (R15).
 */
import type { Assessment } from '#contracts/assessment.ts';
import type { Crisis } from '#contracts/labels.ts';
import type { Municipality, Window } from '#contracts/municipality.ts';
import { type Facts, factsSchema, type Heard } from '#contracts/session.ts';
import type { Ticket } from '#contracts/ticket.ts';
import type { Draft } from '#store/draft.ts';
import type { Ids } from '#support/ids.ts';
import { writeAudit } from './audit.ts';
import { defaultWindow } from './find-windows.ts';
import { mergeHeard, openTicket, updateTicket } from './open-ticket.ts';
import { isOpen } from './opening-hours.ts';

export interface Alarm {
  municipality: Municipality;
  crisis: Exclude<Crisis, 'none'>;
  /** Of the message that raised it. */
  assessment: Assessment;
  heard: Heard;
  /** What the talk had learnt before; null outside a talk. */
  facts: Facts | null;
  contact: string;
  channel: Ticket['channel'];
  /** An open ticket of the same contact, if any. */
  ticket: string | null;
  now: number;
  ids: Ids;
}

export interface Raised {
  ticket: string;
  receipt: string;
  callBackCode: string;
  window: string;
  isNew: boolean;
  /** Somebody is at that window now. */
  open: boolean;
}

/**
 * An open ticket at the window in charge is flagged and gets the words; otherwise a new one is made there, so that an
 * abuse notice never lies in another window's pile.
 */
export async function urgentTicket(draft: Draft, alarm: Alarm): Promise<Raised> {
  const { municipality, crisis, contact, channel, now, ids } = alarm;
  const facts = factsOf(alarm);
  const inCharge = windowInCharge(municipality, crisis, facts.district);
  const known = alarm.ticket === null ? null : await draft.get('ticket', alarm.ticket);
  const same = known !== null && known.contact === contact && known.state !== 'closed' && known.window === inCharge.id;
  let ticket: Ticket;
  if (same) {
    ticket = flag(keepingNeeds(known, updateTicket(known, facts, { now, urgent: true })), crisis, now);
  } else {
    const meta = {
      id: ids.id(),
      receipt: ids.receipt(),
      callBackCode: facts.callBackCode ?? ids.callBackCode(),
      contact,
      channel,
      now,
      urgent: true,
      window: inCharge.id,
    };
    ticket = flag(openTicket(municipality, facts, meta), crisis, now);
  }
  await draft.put('ticket', ticket.id, ticket);
  const detail = { crisis, window: ticket.window };
  writeAudit(draft, { at: now, by: 'system', action: 'crisis.raised', subject: ticket.id, detail }, ids);
  return {
    ticket: ticket.id,
    receipt: ticket.receipt,
    callBackCode: ticket.callBackCode,
    window: ticket.window,
    isNew: !same,
    open: isOpen(municipality, inCharge, now),
  };
}

/** In charge of notices of this kind: of the district, of the whole city, else the 総合 window, else the first. */
function windowInCharge(municipality: Municipality, crisis: Crisis, district: string | null): Window {
  const named = municipality.windows.filter((window) => crisis !== 'none' && window.crisis.includes(crisis));
  return (
    named.find((window) => district !== null && window.districts.includes(district)) ??
    named.find((window) => window.districts.length === 0) ??
    named[0] ??
    defaultWindow(municipality, district) ??
    municipality.windows[0]!
  );
}

/** The talk so far and the message itself, whose assessment counts: booking and window of a flow under way stay with the flow. */
function factsOf({ facts, assessment, heard }: Alarm): Facts {
  const known = facts ?? factsSchema.parse({});
  return {
    ...known,
    heard: mergeHeard(known.heard, [heard]),
    assessment: { ...assessment, evidence: [...assessment.evidence, ...(known.assessment?.evidence ?? [])] },
    about: assessment.about === 'unknown' ? known.about : assessment.about,
    window: null,
    slot: null,
    hold: null,
  };
}

/** The alarm adds to what is known of the trouble; one message does not replace it. */
function keepingNeeds(before: Ticket, after: Ticket): Ticket {
  const needs = new Set(after.needs.map(({ need }) => need));
  const concerns = new Set(after.concerns.map(({ concern }) => concern));
  return {
    ...after,
    needs: [...after.needs, ...before.needs.filter(({ need }) => !needs.has(need))],
    concerns: [
      ...after.concerns,
      ...before.concerns.filter(({ concern }) => !concerns.has(concern)).map((entry) => ({ ...entry, most: false })),
    ],
  };
}

function flag(ticket: Ticket, crisis: Exclude<Crisis, 'none'>, now: number): Ticket {
  return {
    ...ticket,
    urgent: true,
    crisis,
    crisisAt: now,
    history: [...ticket.history, { at: now, by: 'system', what: 'crisis', detail: { crisis } }],
  };
}
