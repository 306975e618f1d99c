import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Municipality } from '#contracts/municipality.ts';
import type { Slot } from '#contracts/session.ts';
import { dayOf } from '#engine/japan-time.ts';
import { cancelBooking, confirmBooking, HOLD_MS, holdSlot, moveBooking, releaseHold } from '#handoff/claims.ts';
import { freeSlots, placeId } from '#handoff/free-slots.ts';
import { createDraft, inDraft } from '#store/draft.ts';
import type { Store } from '#store/store.ts';
import { ashiya, booking, japan, MONDAY_10, openMemoryStore } from './cities.ts';

let store: Store;
beforeEach(() => {
  store = openMemoryStore();
});
afterEach(() => store.close());

const now = MONDAY_10;
const tuesday9: Slot = {
  window: 'kikan',
  start: japan('2026-12-01T09:00'),
  end: japan('2026-12-01T10:00'),
  way: 'visit',
};
const at = (hour: string, base = tuesday9): Slot => {
  const start = japan(`2026-12-01T${hour}`);
  return { ...base, start, end: start + 3_600_000 };
};
const withCapacity = (capacity: number): Municipality => ({
  ...ashiya,
  windows: ashiya.windows.map((w) => (w.id === 'kikan' ? { ...w, booking: { ...booking, capacity } } : w)),
});

const hold = (contact: string, slot = tuesday9, time = now, municipality = ashiya) =>
  inDraft(store, 'ashiya', (draft) => holdSlot(draft, { municipality, slot, contact, id: `c-${contact}`, now: time }));
const confirm = (contact: string, name: string | null, slot = tuesday9, time = now) =>
  inDraft(store, 'ashiya', (draft) =>
    confirmBooking(draft, {
      municipality: ashiya,
      slot,
      contact,
      id: `b-${contact}`,
      now: time,
      hold: name,
      ticket: `t-${contact}`,
    }),
  );
const free = async (time = now, day?: string) => {
  const query = { municipality: ashiya, window: 'kikan', way: 'visit' as const, limit: 1000, now: time };
  return freeSlots(createDraft(store, 'ashiya'), day === undefined ? query : { ...query, day });
};
const claimsAt = async (slot = tuesday9) => (await store.get('ashiya', 'place', placeId(slot)))?.body.claims ?? [];

describe('free places', () => {
  it('are the open hours of the days ahead, after the notice, without holidays', async () => {
    const { days, slots } = await free();
    // 18 hours from Monday 10:00 is Tuesday 4:00; 21 days ahead end on Monday 21 December.
    expect(slots[0]).toEqual(tuesday9);
    expect(slots).toHaveLength(15 * 7);
    expect(days[0]).toBe('2026-12-01');
    expect(days.at(-1)).toBe('2026-12-21');
    expect(days).toHaveLength(15);
    const yearEnd = await free(japan('2026-12-25T10:00'));
    expect(yearEnd.days.slice(0, 3)).toEqual(['2026-12-28', '2027-01-04', '2027-01-05']);
    expect(yearEnd.days).not.toContain('2027-01-11');
  });

  it('narrow to a day, and are no more than asked for', async () => {
    const { days, slots } = await free(now, '2026-12-03');
    expect(slots.map((slot) => dayOf(slot.start))).toEqual(Array(7).fill('2026-12-03'));
    expect(days).toHaveLength(15);
    const few = await freeSlots(createDraft(store, 'ashiya'), {
      municipality: ashiya,
      window: 'kikan',
      way: 'visit',
      limit: 3,
      now,
    });
    expect(few.slots).toHaveLength(3);
  });

  it('are none for a way the window does not offer, an unknown window, or one without hours', async () => {
    const query = { municipality: ashiya, limit: 5, now };
    const draft = createDraft(store, 'ashiya');
    const nothing = { days: [], slots: [] };
    expect(await freeSlots(draft, { ...query, window: 'kikan', way: 'online' })).toEqual(nothing);
    expect(await freeSlots(draft, { ...query, window: 'nowhere', way: 'visit' })).toEqual(nothing);
    const { hours: _, ...unknown } = ashiya.windows.find((w) => w.id === 'kikan')!;
    const city = { ...ashiya, windows: [unknown] };
    expect(await freeSlots(draft, { ...query, municipality: city, window: 'kikan', way: 'visit' })).toEqual(nothing);
  });

  it('do not show what is held or booked, until the hold runs out', async () => {
    await hold('a');
    expect((await free()).slots[0]).toEqual(at('10:00'));
    expect((await free(now + HOLD_MS)).slots[0]).toEqual(tuesday9);
    await confirm('a', `${placeId(tuesday9)}|c-a`);
    expect((await free(now + HOLD_MS)).slots[0]).toEqual(at('10:00'));
  });

  it('do not show what the same unit of work has just taken', async () => {
    const draft = createDraft(store, 'ashiya');
    await holdSlot(draft, { municipality: ashiya, slot: tuesday9, contact: 'a', id: 'x', now });
    const { slots } = await freeSlots(draft, { municipality: ashiya, window: 'kikan', way: 'visit', limit: 1, now });
    expect(slots).toEqual([at('10:00')]);
  });

  it('count bookings of an earlier pattern that share the time', async () => {
    await confirm('a', null);
    const halfHours = {
      ...ashiya,
      windows: ashiya.windows.map((w) => (w.id === 'kikan' ? { ...w, booking: { ...booking, minutes: 30 } } : w)),
    };
    const query = { municipality: halfHours, window: 'kikan', way: 'visit' as const, limit: 1, now };
    const { slots } = await freeSlots(createDraft(store, 'ashiya'), query);
    expect(slots[0]?.start).toBe(japan('2026-12-01T10:00'));
    const inside: Slot = { ...tuesday9, start: japan('2026-12-01T09:30'), end: japan('2026-12-01T10:00') };
    expect(await hold('b', inside, now, halfHours)).toEqual({ taken: true });
  });
});

describe('claims', () => {
  it('give one place to exactly one of 200 who want it at once', async () => {
    const results = await Promise.all(Array.from({ length: 200 }, (_, i) => hold(`c${i}`)));
    const won = results.filter((result) => !result.taken);
    expect(won).toHaveLength(1);
    expect(await claimsAt()).toHaveLength(1);
    expect(won[0]).toEqual({
      taken: false,
      hold: `${placeId(tuesday9)}|${(await claimsAt())[0]!.id}`,
      until: now + HOLD_MS,
    });
  });

  it('give three places to exactly three of 200, booked directly too', async () => {
    const city = withCapacity(3);
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        inDraft(store, 'ashiya', (draft) =>
          confirmBooking(draft, {
            municipality: city,
            slot: tuesday9,
            contact: `c${i}`,
            id: `b${i}`,
            now,
            hold: null,
            ticket: `t${i}`,
          }),
        ),
      ),
    );
    expect(results.filter((result) => !result.taken)).toHaveLength(3);
    expect(await claimsAt()).toHaveLength(3);
  });

  it('renew the own hold instead of taking a second place', async () => {
    const first = await hold('a');
    const second = await hold('a', tuesday9, now + 1000);
    expect(second).toEqual({ ...first, until: now + 1000 + HOLD_MS });
    expect(await claimsAt()).toHaveLength(1);
  });

  it('let go of the own hold only, and never of a booking', async () => {
    const held = await hold('a');
    if (held.taken) throw new Error('the place was free');
    const release = (contact: string) =>
      inDraft(store, 'ashiya', (draft) => releaseHold(draft, { hold: held.hold, contact }));
    await release('b');
    expect(await claimsAt()).toHaveLength(1);
    await confirm('a', held.hold);
    await release('a');
    expect(await claimsAt()).toHaveLength(1);
    expect(await inDraft(store, 'ashiya', (draft) => cancelBooking(draft, { booking: held.hold }))).toBe(true);
    expect(await claimsAt()).toEqual([]);
    expect(await inDraft(store, 'ashiya', (draft) => cancelBooking(draft, { booking: held.hold }))).toBe(false);
    expect(await inDraft(store, 'ashiya', (draft) => cancelBooking(draft, { booking: 'nonsense' }))).toBe(false);
  });

  it('honour a hold that ran out while nobody else wanted the place', async () => {
    const held = await hold('a');
    if (held.taken) throw new Error('the place was free');
    const late = now + HOLD_MS + 60_000;
    expect(await confirm('a', held.hold, tuesday9, late)).toEqual({ taken: false, booking: held.hold, slot: tuesday9 });
  });

  it('do not honour it when somebody else has taken the place', async () => {
    const held = await hold('a');
    if (held.taken) throw new Error('the place was free');
    const late = now + HOLD_MS;
    await hold('b', tuesday9, late);
    expect(await confirm('a', held.hold, tuesday9, late)).toEqual({ taken: true });
    expect(await claimsAt()).toMatchObject([{ contact: 'b' }]);
  });

  it('refuse a place outside the pattern, in the past, or too soon, as a forged button would name', async () => {
    expect(await hold('a', at('12:00'))).toEqual({ taken: true });
    expect(await hold('a', { ...tuesday9, end: tuesday9.end + 1 })).toEqual({ taken: true });
    expect(await hold('a', { ...tuesday9, window: 'nowhere' })).toEqual({ taken: true });
    expect(await hold('a', { ...tuesday9, way: 'online' })).toEqual({ taken: true });
    expect(await hold('a', tuesday9, tuesday9.start)).toEqual({ taken: true });
    expect(await hold('a', tuesday9, tuesday9.start - 3_600_000)).toEqual({ taken: true });
    expect(await confirm('a', null, tuesday9, tuesday9.start + 1)).toEqual({ taken: true });
  });

  it('move a booking as a whole or not at all', async () => {
    const booked = await confirm('a', null);
    if (booked.taken) throw new Error('the place was free');
    await hold('b', at('10:00'));
    const move = (slot: Slot) =>
      inDraft(store, 'ashiya', (draft) => {
        const claim = { contact: 'a', id: 'n', now, hold: null, ticket: 't-a', from: booked.booking };
        return moveBooking(draft, { municipality: ashiya, slot, ...claim });
      });
    expect(await move(at('10:00'))).toEqual({ taken: true });
    expect(await claimsAt()).toHaveLength(1);
    expect(await move(tuesday9)).toMatchObject({ taken: false, booking: booked.booking });
    expect(await claimsAt()).toHaveLength(1);
    expect(await move(at('11:00'))).toMatchObject({ taken: false, slot: at('11:00') });
    expect(await claimsAt()).toEqual([]);
    expect(await claimsAt(at('11:00'))).toMatchObject([{ contact: 'a', until: null, ticket: 't-a' }]);
  });

  it('never exceed the capacity, whatever is done in whatever order', async () => {
    const action = fc.record({
      what: fc.constantFrom('hold', 'confirm', 'release', 'cancel', 'move'),
      who: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      hour: fc.constantFrom('09:00', '10:00'),
      minutes: fc.integer({ min: 0, max: 20 }),
    });
    const run = async (
      actions: readonly { what: string; who: string; hour: string; minutes: number }[],
      capacity: number,
    ) => {
      const own = openMemoryStore();
      const municipality = withCapacity(capacity);
      const holds = new Map<string, string>();
      let time = now;
      try {
        for (const { what, who, hour, minutes } of actions) {
          time += minutes * 60_000;
          const slot = at(hour);
          const name = holds.get(who) ?? null;
          const wanted = {
            municipality,
            slot,
            contact: who,
            id: `${who}-${time}`,
            now: time,
            hold: name,
            ticket: `t-${who}`,
          };
          await inDraft(own, 'ashiya', async (draft) => {
            if (what === 'hold') {
              const held = await holdSlot(draft, wanted);
              if (!held.taken) holds.set(who, held.hold);
            } else if (what === 'confirm') await confirmBooking(draft, wanted);
            else if (what === 'release' && name) await releaseHold(draft, { hold: name, contact: who });
            else if (what === 'cancel' && name) await cancelBooking(draft, { booking: name });
            else if (what === 'move' && name) await moveBooking(draft, { ...wanted, from: name });
          });
          for (const hourOf of ['09:00', '10:00']) {
            const place = await own.get('ashiya', 'place', placeId(at(hourOf)));
            const alive = (place?.body.claims ?? []).filter((claim) => claim.until === null || claim.until > time);
            expect(alive.length).toBeLessThanOrEqual(capacity);
            expect(new Set(place?.body.claims.map((claim) => claim.id)).size).toBe(place?.body.claims.length ?? 0);
          }
        }
      } finally {
        await own.close();
      }
    };
    const actions = fc.array(action, { minLength: 1, maxLength: 25 });
    await fc.assert(fc.asyncProperty(actions, fc.integer({ min: 1, max: 3 }), run), { numRuns: 60 });
  });
});
