/** Tickets and cities for the tests of cases: the real store in memory, the real city files. */
import { loadContent } from '#content/load-content.ts';
import type { Need } from '#contracts/labels.ts';
import type { Municipality } from '#contracts/municipality.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { recordMeetingConsent } from '#handoff/cases/case-consent.ts';
import { openTicket } from '#handoff/open-ticket.ts';
import { inDraft } from '#store/draft.ts';
import type { Store } from '#store/store.ts';
import { assessment, facts, MONDAY_10 } from '../cities.ts';

let loaded: ReturnType<typeof loadContent> | null = null;
export async function city(id: string): Promise<Municipality> {
  loaded ??= loadContent({ dir: 'flows' });
  const found = (await loaded).municipalities.get(id);
  if (!found) throw new Error(`no city ${id}`);
  return found;
}

/** Those who sit in each meeting of the city that hears cases with consent. */
export const membersOf = (municipality: Municipality): string[] => [
  ...new Set(
    (municipality.meetings ?? []).filter(({ hears }) => hears === 'consented').flatMap(({ members }) => members),
  ),
];

export async function putTicket(
  store: Store,
  municipality: Municipality,
  options: {
    id: string;
    contact?: string;
    window?: string;
    needs?: Need[];
    consent?: boolean;
    words?: string;
    now?: number;
    bodies?: string[];
  },
): Promise<Ticket> {
  const {
    id,
    contact = 'con',
    needs = ['elderly', 'isolation'],
    consent = false,
    words = '母と弟のことで困っています',
  } = options;
  const now = options.now ?? MONDAY_10;
  const window = options.window ?? municipality.windows[0]!.id;
  const known = facts(
    { window, assessment: assessment(needs.map((need, i) => [need, 0.9 - i / 10])), confirmedNeeds: needs },
    words,
  );
  let ticket = openTicket(municipality, known, {
    id,
    receipt: `R-${id}`,
    callBackCode: '1234',
    contact,
    channel: 'line',
    now,
  });
  ticket = { ...ticket, state: 'accepted' };
  if (consent) {
    const bodies = options.bodies ?? membersOf(municipality);
    ticket = recordMeetingConsent(ticket, {
      bodies,
      state: 'given',
      wording: 'よいですか',
      version: '1',
      at: now,
      by: 'resident',
    });
  }
  await inDraft(store, municipality.id, async (draft) => {
    draft.add('ticket', id, ticket);
    draft.add('contact', contact, {
      firstAt: now,
      lastAt: now,
      channel: 'line',
      address: `U-${contact}`,
      blocked: false,
      floor: null,
      greeted: true,
      crisis: null,
      tickets: [id],
      expiresAt: null,
    });
  }).catch(async () => {
    // The contact is there already: another ticket of the same person.
    await inDraft(store, municipality.id, async (draft) => draft.put('ticket', id, ticket));
  });
  return ticket;
}
