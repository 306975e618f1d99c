/**
 * Who has which place. All claims on a place stand in one record, written under its revision: of two residents who want
 * the last place, one commit fails and runs again, and then sees that it is taken. A record of a place is emptied, not
 * deleted: a deleted one would begin again at revision 1, where a slow writer could mistake it for the one it had read.
 *
 * A claim's name (`hold`, later `booking`) is `window|start|id`: it carries its place, so nothing has to be looked up.
 */
import type { Municipality } from '#contracts/municipality.ts';
import type { Slot } from '#contracts/session.ts';
import type { Draft } from '#store/draft.ts';
import type { Body } from '#store/kinds.ts';
import { bookingRules, type Claim, claimsBetween, living, offeredSlots, overlapping, placeId } from './free-slots.ts';

/** How long a place is kept while the resident decides. */
export const HOLD_MS = 15 * 60_000;

export type Held = { taken: false; hold: string; until: number } | { taken: true };
export type Booked = { taken: false; booking: string; slot: Slot } | { taken: true };

interface Wanted {
  municipality: Municipality;
  slot: Slot;
  contact: string;
  /** Made by the caller; unique. */
  id: string;
  now: number;
}

/** Keeps a free place for a while. The contact's own earlier hold on the same place is renewed. */
export async function holdSlot(draft: Draft, wanted: Wanted & { holdMs?: number }): Promise<Held> {
  const { slot, contact, now, id } = wanted;
  if (!isOffered(wanted)) return { taken: true };
  const { place, others } = await readPlace(draft, slot, now);
  const own = place.claims.find((claim) => claim.contact === contact && claim.until !== null);
  const rest = living(place.claims, now).filter((claim) => claim !== own);
  if (rest.length + others.length >= capacityOf(wanted)) return { taken: true };
  const claim: Claim = { id: own?.id ?? id, contact, until: now + (wanted.holdMs ?? HOLD_MS), ticket: null };
  await draft.put('place', placeId(slot), { slot: rest.length === 0 ? slot : place.slot, claims: [...rest, claim] });
  return { taken: false, hold: nameOf(slot, claim), until: claim.until! };
}

/** Gives a hold back. A booking, somebody else's hold, or one that is gone stays as it is. */
export async function releaseHold(draft: Draft, options: { hold: string; contact: string }): Promise<void> {
  await dropClaim(draft, options.hold, (claim) => claim.until !== null && claim.contact === options.contact);
}

/**
 * Makes a booking of a hold. A hold that ran out counts as long as nobody else took the place; with `hold: null` the place
 * is taken directly if it is free.
 */
export async function confirmBooking(
  draft: Draft,
  wanted: Wanted & { hold: string | null; ticket: string },
): Promise<Booked> {
  const { slot, contact, now, ticket } = wanted;
  const { place, others } = await readPlace(draft, slot, now);
  const own = place.claims.find(
    (claim) => claim.contact === contact && (nameOf(slot, claim) === wanted.hold || claim.ticket === ticket),
  );
  // Staff may have changed the hours since: a hold that still lives is honoured, a new claim is not.
  const alive = own !== undefined && living([own], now).length > 0;
  if (!alive && (slot.start <= now || !isOffered(wanted))) return { taken: true };
  const rest = living(place.claims, now).filter((claim) => claim !== own);
  if (!alive && rest.length + others.length >= capacityOf(wanted)) return { taken: true };
  const claim: Claim = { id: own?.id ?? wanted.id, contact, until: null, ticket };
  await draft.put('place', placeId(slot), { slot: rest.length === 0 ? slot : place.slot, claims: [...rest, claim] });
  return { taken: false, booking: nameOf(slot, claim), slot };
}

/** Frees a booked place. @returns false when there was no such booking. */
export async function cancelBooking(draft: Draft, options: { booking: string }): Promise<boolean> {
  return dropClaim(draft, options.booking, (claim) => claim.until === null);
}

/** Books the new place and frees the old one, or changes nothing. Both may be the same. */
export async function moveBooking(
  draft: Draft,
  wanted: Wanted & { hold: string | null; ticket: string; from: string },
): Promise<Booked> {
  const booked = await confirmBooking(draft, wanted);
  if (!booked.taken && booked.booking !== wanted.from) await cancelBooking(draft, { booking: wanted.from });
  return booked;
}

const nameOf = (slot: Slot, claim: Claim): string => `${placeId(slot)}|${claim.id}`;

const capacityOf = ({ municipality, slot }: Wanted): number =>
  bookingRules(municipality, slot.window, slot.way)?.capacity ?? 0;

/** Buttons can be forged: only a place of the window's own pattern is ever claimed. */
function isOffered({ municipality, slot, now }: Wanted): boolean {
  const rules = bookingRules(municipality, slot.window, slot.way);
  if (rules === null) return false;
  return offeredSlots(municipality, rules.window, slot.way, now).some(
    (one) => one.start === slot.start && one.end === slot.end,
  );
}

/** The place's record, and living claims of places of an earlier pattern that share its time. */
async function readPlace(draft: Draft, slot: Slot, now: number): Promise<{ place: Body<'place'>; others: Claim[] }> {
  const around = await claimsBetween(draft, slot.window, slot.start, slot.end);
  const place = (await draft.get('place', placeId(slot))) ?? { slot, claims: [] };
  return {
    place,
    others: overlapping(
      around.filter((one) => one.slot.start !== slot.start),
      slot,
      now,
    ),
  };
}

async function dropClaim(draft: Draft, name: string, mayGo: (claim: Claim) => boolean): Promise<boolean> {
  const cut = name.lastIndexOf('|');
  const [id, claimId] = [name.slice(0, cut), name.slice(cut + 1)];
  const place = await draft.get('place', id);
  const claim = place?.claims.find((one) => one.id === claimId);
  if (!place || !claim || !mayGo(claim)) return false;
  await draft.put('place', id, { ...place, claims: place.claims.filter((one) => one !== claim) });
  return true;
}
