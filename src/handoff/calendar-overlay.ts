/**
 * Hours, closures, days of consultation and the table of 社会資源 that staff keep in the console, laid over the city's file. The file stays
 * what it is; the records win. A day of consultation (相談会) becomes a window of its own that is open on that day only.
 */
import { type Municipality, type Resource, WEEKDAYS, type Weekly, type Window } from '#contracts/municipality.ts';
import type { CalendarEvent, CalendarOverride } from '#contracts/staff.ts';
import type { Store } from '#store/store.ts';

export interface CalendarRecords {
  windows: ReadonlyMap<string, CalendarOverride>;
  events: ReadonlyMap<string, CalendarEvent>;
  /** null: the file's own. */
  resources: readonly Resource[] | null;
}

export interface CalendarOverlay {
  /** The city as it is in effect now. Cheap: made once per file and change. */
  apply(municipality: Municipality): Municipality;
  refresh(municipality: string): Promise<void>;
  close(): void;
}

export async function openCalendarOverlay(options: {
  store: Store;
  municipalities: readonly string[];
}): Promise<CalendarOverlay> {
  const { store } = options;
  const records = new Map<string, CalendarRecords>();
  let made = new WeakMap<Municipality, { from: CalendarRecords; city: Municipality }>();
  const running = new Map<string, Promise<void>>();
  const load = async (municipality: string): Promise<void> => {
    records.set(municipality, await readCalendar(store, municipality));
  };
  const refresh = (municipality: string): Promise<void> => {
    // A change during a read needs one more read after it.
    const next = (running.get(municipality) ?? Promise.resolve()).then(() => load(municipality));
    running.set(
      municipality,
      next.catch(() => {}),
    );
    return next;
  };
  await Promise.all(options.municipalities.map(load));
  const stop = store.watch(({ municipality, kind }) => {
    if (kind === 'calendar' || kind === 'event' || kind === 'places') void refresh(municipality).catch(() => {});
  });
  return {
    refresh,
    close() {
      stop();
      made = new WeakMap();
    },
    apply(municipality) {
      const from = records.get(municipality.id);
      if (from === undefined || (from.windows.size === 0 && from.events.size === 0 && from.resources === null))
        return municipality;
      const known = made.get(municipality);
      if (known?.from === from) return known.city;
      const city = overlay(municipality, from);
      made.set(municipality, { from, city });
      return city;
    },
  };
}

export async function readCalendar(store: Store, municipality: string): Promise<CalendarRecords> {
  const [windows, events, places] = await Promise.all([
    store.list(municipality, 'calendar', 'all', { limit: 2000 }),
    store.list(municipality, 'event', 'all', { limit: 2000 }),
    store.get(municipality, 'places', 'all'),
  ]);
  return {
    windows: new Map(windows.map((row) => [row.id, row.body])),
    events: new Map(events.map((row) => [row.id, row.body])),
    resources: places?.body.resources ?? null,
  };
}

/** Pure: the file's city with the records laid over it. */
export function overlay(municipality: Municipality, { windows, events, resources }: CalendarRecords): Municipality {
  const own = municipality.windows.map((window) => {
    const override = windows.get(window.id);
    return override === undefined ? window : withOverride(window, override);
  });
  const days = [...events].map(([id, event]) => toWindow(id, event));
  return {
    ...municipality,
    windows: [...own, ...days],
    resources: resources === null ? municipality.resources : [...resources],
  };
}

export const eventWindow = (id: string): string => `event-${id}`;

function withOverride(window: Window, { weekly, special, booking }: CalendarOverride): Window {
  const week = weekly === null ? (window.hours?.weekly ?? emptyWeek()) : toWeekly(weekly);
  const hours = {
    weekly: week,
    demo: weekly === null && (window.hours?.demo ?? false),
    special: { ...window.hours?.special, ...special },
  };
  return { ...window, hours, ...(booking === null ? {} : { booking }) };
}

export const toWeekly = (weekly: readonly (readonly string[])[]): Weekly =>
  Object.fromEntries(WEEKDAYS.map((day, index) => [day, [...(weekly[index] ?? [])]])) as Weekly;

const emptyWeek = (): Weekly => toWeekly([]);

/** 相談会: takes any trouble in whole, on its day, with places of its own. */
function toWindow(id: string, event: CalendarEvent): Window {
  return {
    id: eventWindow(id),
    name: event.name,
    about: event.about,
    ...(event.place === '' ? {} : { place: event.place }),
    needs: [],
    topics: ['相談会'],
    districts: [],
    default: false,
    crisis: [],
    ways: [...event.ways],
    hours: { weekly: emptyWeek(), demo: false, special: { [event.day]: [...event.hours] } },
    booking: {
      minutes: event.minutes,
      capacity: event.capacity,
      noticeHours: 0,
      daysAhead: 180,
      ways: [...event.ways],
    },
  };
}
