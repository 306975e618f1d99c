/**
 * The same first messages through all five cities, with the real dictionaries, engine and hand-off: which windows are
 * offered, and where the ticket lands. What each city's plan says stands here as one table.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Content, loadContent } from '#content/load-content.ts';
import { createTriage, type Triage } from '#triage/create-triage.ts';
import { playFirstMessage } from './first-messages.ts';

/** Where the resident lives, as the city's own list says it; 生駒 has no areas. */
const LIVES: Record<string, string | null> = {
  ashiya: '潮見',
  kobayashi: '野尻',
  fukui: 'みなみ',
  ikoma: null,
  toyokawa: '西部',
};
const EVENTS = ['soudankai', 'soudankai-online'];

/** Offered windows in order; the ticket lands at the first one unless `→ window` says otherwise. */
type Row = { says: string; lands: Record<string, string> };
const ROWS: Row[] = [
  {
    says: '母のもの忘れがひどくて、火の消し忘れが心配です',
    lands: {
      ashiya: 'hokatsu-shiomi',
      kobayashi: 'hokatsu-nojiri',
      fukui: 'hokatsu-minami',
      ikoma: 'care soudankai',
      toyokawa: 'hokatsu-seibu',
    },
  },
  {
    says: '家賃が払えず、出ていくように言われました',
    lands: {
      ashiya: 'sogo',
      kobayashi: 'jiritsu hokatsu-nojiri',
      fukui: 'yorisoi',
      ikoma: 'seikatsu soudankai',
      toyokawa: 'hokatsu-seibu konkyu',
    },
  },
  {
    says: '借金の督促状がこわくて開けられません',
    lands: {
      ashiya: 'sogo',
      kobayashi: 'jiritsu',
      fukui: 'yorisoi',
      ikoma: 'seikatsu',
      toyokawa: 'hokatsu-seibu konkyu',
    },
  },
  {
    says: '小学生の息子が発達障害かもしれないと言われました',
    lands: {
      ashiya: 'kikan kodomo',
      kobayashi: 'nishimoro kodomo',
      fukui: 'harumonia',
      ikoma: 'shogai kosodate',
      toyokawa: 'hokatsu-seibu shogai kosodate',
    },
  },
  {
    says: '保育園に入れなくて仕事に戻れません',
    lands: {
      ashiya: 'hoiku',
      kobayashi: 'kodomo',
      fukui: 'kihongata',
      ikoma: 'kodomoen',
      toyokawa: 'hokatsu-seibu kosodate',
    },
  },
  {
    says: '障害者手帳のことを聞きたいです',
    lands: {
      ashiya: 'kikan',
      kobayashi: 'nishimoro',
      fukui: 'shogai-nansei',
      ikoma: 'shogai',
      toyokawa: 'hokatsu-seibu shogai',
    },
  },
  {
    says: '息子が20年部屋から出てきません',
    lands: {
      ashiya: 'csw',
      kobayashi: 'jiritsu hokatsu-nojiri',
      fukui: 'yorisoi',
      ikoma: 'shakyo soudankai',
      toyokawa: 'hokatsu-seibu csw',
    },
  },
  {
    // 参加支援: places come first, the ticket goes to who introduces. 豊川 has no list of places yet.
    says: '昼間行けるところがほしい',
    lands: {
      ashiya: '→ csw',
      kobayashi: '→ shakyo',
      fukui: '→ shakyo',
      ikoma: '→ shakyo',
      toyokawa: 'hokatsu-seibu csw',
    },
  },
  {
    // アウトリーチ: nobody asked the neighbour.
    says: '隣のおばあさんを最近見かけなくて心配です',
    lands: { ashiya: '→ csw', kobayashi: '→ shakyo', fukui: '→ yorisoi', ikoma: '→ fukushi', toyokawa: '→ csw' },
  },
  {
    // domain.md: one sentence, five right answers.
    says: 'どこに相談していいかわからない',
    lands: {
      ashiya: 'sogo',
      kobayashi: 'hokatsu-nojiri nishimoro kodomo',
      fukui: 'yorisoi',
      ikoma: 'fukushi soudankai soudankai-online',
      toyokawa: 'hokatsu-seibu konkyu',
    },
  },
];

let content: Content;
let triage: Triage;
beforeAll(async () => {
  content = await loadContent({ dir: 'flows' });
  triage = await createTriage({ dictionariesDir: 'dictionaries', cacheDir: '.cache' });
}, 60_000);

const play = (city: string, text: string, district = LIVES[city]!) =>
  playFirstMessage({ content, triage }, city, text, district);

describe('the same first messages in five cities', () => {
  const cases = ROWS.flatMap(({ says, lands }) => Object.entries(lands).map(([city, where]) => [says, city, where]));
  it.each(cases)('%s: %s → %s', async (says, city, where) => {
    const [windows = '', landing] = where!.split('→').map((part) => part.trim());
    const wanted = windows.split(' ').filter((id) => id !== '');
    const { offered, ticket, turns } = await play(city!, says!);
    // The windows the plan wants come first, in this order; a second need may bring another one behind them.
    expect(offered.slice(0, wanted.length)).toEqual(wanted);
    if (landing !== undefined) expect(offered).toEqual([]);
    expect(ticket?.window).toBe(landing ?? wanted[0]);
    expect(ticket?.words.map((heard) => heard.text)).toContain(says);
    expect(turns).toBeLessThanOrEqual(10);
  });

  it('claims no consent for a neighbour, marks the report, promises nothing and tells 189', async () => {
    for (const city of Object.keys(LIVES)) {
      const { ticket, screen } = await play(city, '隣のおばあさんを最近見かけなくて心配です');
      expect(ticket, city).toMatchObject({ consent: 'none', consents: [], speaker: 'other', name: null, phone: null });
      expect(ticket!.history.map(({ what }) => what)).toContain('outreach');
      const window = content.municipalities.get(city)!.windows.find((one) => one.id === ticket!.window)!;
      expect(window.roles).toContain('outreach');
      expect(screen).toContain('知らせてくださって、ありがとうございます');
      expect(screen).toContain('189番');
      expect(screen).toContain('お知らせできません');
      expect(screen).not.toMatch(/お返事します|ご連絡します/u);
    }
  });
});

describe('what only one plan says', () => {
  it('小林: any of the six can be reached, whatever the trouble', async () => {
    const city = content.municipalities.get('kobayashi')!;
    const six = city.windows.filter((window) => window.receivesAll).map((window) => window.id);
    expect(six).toHaveLength(6);
    const { findWindows } = await import('#handoff/find-windows.ts');
    const { factsSchema } = await import('#contracts/session.ts');
    const facts = factsSchema.parse({ district: 'seibu', districtAsked: true });
    const first = findWindows({ municipality: city, facts }).map(({ window }) => window);
    const rest = findWindows({ municipality: city, facts: { ...facts, refusedWindows: first } });
    expect([...first, ...rest.map(({ window }) => window)].toSorted()).toEqual(six.toSorted());
    expect(first[0]).toBe('hokatsu-seibu');
  });

  it('福井: thirteen 地域包括, each for its own area', async () => {
    const city = content.municipalities.get('fukui')!;
    expect(city.districts).toHaveLength(13);
    for (const { id, name } of city.districts) {
      const { ticket } = await play('fukui', '父の介護でへとへとです', name);
      expect(ticket?.window).toBe(`hokatsu-${id}`);
      expect(ticket?.district).toBe(id);
    }
  });

  it('生駒: no general window; every window takes the person in whole and somebody takes up its tickets', () => {
    const city = content.municipalities.get('ikoma')!;
    expect(city.windows.some((window) => window.default)).toBe(false);
    for (const window of city.windows) {
      expect(window.receivesAll, window.id).toBe(true);
      const chief = window.id === 'fukushi' || EVENTS.includes(window.id);
      expect(window.assigneeRole, window.id).toBe(chief ? 'いこまる主任推進員' : 'いこまる推進員');
    }
    expect(city.windows.filter((window) => window.roles?.includes('multi_agency')).map(({ id }) => id)).toEqual([
      'fukushi',
    ]);
    for (const id of EVENTS) expect(city.windows.find((window) => window.id === id)).toMatchObject({ event: true });
  });
});

describe('no fact is made up', () => {
  it.each(Object.keys(LIVES))('%s: a telephone number or an hour is marked as an example, or absent', (city) => {
    const { windows, districts, resources } = content.municipalities.get(city)!;
    for (const window of windows) {
      expect(window.phone === undefined || typeof window.phone === 'object', window.id).toBe(true);
      expect(window.hours?.demo, window.id).toBe(true);
    }
    if (city === 'toyokawa') expect(districts.every((district) => district.demo)).toBe(true);
    for (const resource of resources) expect(JSON.stringify(resource)).not.toMatch(/\d{2,4}-\d{2,4}-\d{4}/u);
  });
});
