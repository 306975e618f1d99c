/** Five small cities as data, with the routing that their plans describe. Hours and capacities are examples. */

import type { Assessment } from '#contracts/assessment.ts';
import type { Need } from '#contracts/labels.ts';
import { type Municipality, municipalitySchema } from '#contracts/municipality.ts';
import { type Facts, factsSchema } from '#contracts/session.ts';
import { createEmbeddedDriver } from '#store/embedded/embedded-driver.ts';
import { createSealedStore } from '#store/sealed-store.ts';
import type { Store } from '#store/store.ts';
import { createKeyRing, generateKey } from '#support/key-ring.ts';

const weekday = ['09:00-12:00', '13:00-17:00'];
const hours = { demo: true, weekly: { mon: weekday, tue: weekday, wed: weekday, thu: weekday, fri: weekday } };
export const booking = { minutes: 60, capacity: 1, noticeHours: 18, daysAhead: 21 };

const city = (id: string, name: string, rest: Record<string, unknown>): Municipality =>
  municipalitySchema.parse({
    id,
    name,
    account: name,
    flow: 'first-contact',
    consent: { version: '1', purpose: '相談のため', wording: '伝えてよいですか' },
    calendar: { closures: ['12-29/01-03'] },
    ...rest,
  });
const window = (id: string, rest: Record<string, unknown>) => ({
  id,
  name: id,
  about: `${id}です。`,
  hours,
  booking,
  ...rest,
});
const districts = (...names: string[]) => names.map((name) => ({ id: name, name }));
const perDistrict = (prefix: string, ids: string[], rest: Record<string, unknown>) =>
  ids.map((id) => window(`${prefix}-${id}`, { districts: [id], ...rest }));

const ASHIYA_AREAS = ['higashi', 'nishi', 'seido', 'uchide', 'shiomi'];
export const ashiya = city('ashiya', '芦屋市', {
  districts: districts(...ASHIYA_AREAS),
  windows: [
    window('sogo', {
      default: true,
      needs: ['livelihood', 'housing', 'mental', 'isolation', 'rights', 'participation', 'abuse'],
      crisis: ['suicide', 'violence', 'medical'],
      booking: { ...booking, capacity: 2 },
      place: { value: '保健福祉センター', demo: true },
    }),
    ...perDistrict('hokatsu', ASHIYA_AREAS, { needs: ['elderly'] }),
    window('kikan', { needs: ['disability'] }),
    window('hoiku', { needs: ['child'], topics: ['保育', '幼稚園', '待機児童'] }),
    window('kodomo', { needs: ['child'], crisis: ['child_abuse'] }),
  ],
});

const KOBAYASHI_AREAS = ['kobayashi', 'seibu', 'nojiri'];
export const kobayashi = city('kobayashi', '小林市', {
  districts: districts(...KOBAYASHI_AREAS),
  routing: { unclear: 'choice' },
  windows: [
    ...perDistrict('hokatsu', KOBAYASHI_AREAS, { needs: ['elderly'], receivesAll: true }),
    window('nishimoro', { needs: ['disability'], receivesAll: true }),
    window('kodomo', { needs: ['child'], receivesAll: true, crisis: ['child_abuse'] }),
    window('jiritsu', { needs: ['livelihood', 'housing', 'isolation'], receivesAll: true }),
  ],
});

const FUKUI_AREAS = ['meirin', 'atago', 'kawanishi'];
export const fukui = city('fukui', '福井市', {
  districts: districts(...FUKUI_AREAS),
  windows: [
    window('yorisoi', { default: true, needs: ['livelihood', 'housing', 'isolation', 'mental', 'rights'] }),
    ...perDistrict('hokatsu', FUKUI_AREAS, { needs: ['elderly'] }),
    window('hokuto', { needs: ['disability'], districts: ['meirin', 'atago'] }),
    window('hokusei', { needs: ['disability'], districts: ['kawanishi'] }),
    window('harumonia', { needs: ['disability', 'child'], topics: ['発達障害', '発達障がい', '自閉'] }),
    window('kodomo', { needs: ['child'] }),
  ],
});

export const ikoma = city('ikoma', '生駒市', {
  routing: { unclear: 'nearest' },
  windows: [
    window('shogai', { needs: ['disability'], receivesAll: true }),
    window('seikatsu', { needs: ['livelihood', 'housing'], receivesAll: true, topics: ['水道', '市税'] }),
    window('hokatsu', { needs: ['elderly'], receivesAll: true }),
    window('kosodate', { needs: ['child'], receivesAll: true }),
    window('gakushu', { needs: ['participation', 'isolation'], receivesAll: true }),
  ],
});

const TOYOKAWA_AREAS = ['tobu', 'seibu'];
export const toyokawa = city('toyokawa', '豊川市', {
  districts: districts(...TOYOKAWA_AREAS),
  routing: { unclear: 'district', lead: 'all' },
  windows: [
    window('konkyu', { default: true, needs: ['livelihood', 'housing'] }),
    ...perDistrict('hokatsu', TOYOKAWA_AREAS, { needs: ['elderly'], receivesAll: true }),
    window('shogai', { needs: ['disability'] }),
    window('kosodate', { needs: ['child'] }),
  ],
});

/** Monday, 30 November 2026, 10:00 in Japan. */
export const MONDAY_10 = Date.parse('2026-11-30T10:00:00+09:00');
export const japan = (text: string): number => Date.parse(`${text}:00+09:00`);

export const assessment = (needs: [Need, number][], rest: Partial<Assessment> = {}): Assessment => ({
  needs: needs.map(([need, score]) => ({ need, score })),
  scope: needs.length > 0 ? 'need' : 'unclear',
  about: 'unknown',
  crisis: 'none',
  confident: needs.length > 0,
  evidence: [],
  concerns: [],
  ...rest,
});

export const facts = (rest: Partial<Facts> = {}, ...texts: string[]): Facts => ({
  ...factsSchema.parse({}),
  heard: texts.map((text, i) => ({ messageId: `m${i + 1}`, text, at: MONDAY_10 + i })),
  ...rest,
});

export const openMemoryStore = (): Store =>
  createSealedStore({ driver: createEmbeddedDriver({ path: ':memory:' }), keyRing: createKeyRing(generateKey('k1')) });
