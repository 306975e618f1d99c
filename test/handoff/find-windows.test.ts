import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CRISES, NEEDS } from '#contracts/labels.ts';
import { candidateSchema } from '#contracts/session.ts';
import { districtNeeded, findWindows } from '#handoff/find-windows.ts';
import { ashiya, assessment, facts, fukui, ikoma, kobayashi, toyokawa } from './cities.ts';

const CITIES = { ashiya, kobayashi, fukui, ikoma, toyokawa };
type City = keyof typeof CITIES;
const windowsFor = (city: City, known: Parameters<typeof findWindows>[0]['facts']) =>
  findWindows({ municipality: CITIES[city], facts: known }).map((candidate) => candidate.window);

describe('「どこに相談していいかわからない」', () => {
  const lost = (district: string | null = null) =>
    facts({ assessment: assessment([]), district, districtAsked: true }, 'どこに相談していいかわからない');

  it('ends in the 総合 window in 芦屋 and 福井', () => {
    expect(windowsFor('ashiya', lost('shiomi'))).toEqual(['sogo']);
    expect(windowsFor('fukui', lost())).toEqual(['yorisoi']);
  });

  it('lets the person choose among the nearest in 小林', () => {
    expect(windowsFor('kobayashi', lost('nojiri'))).toEqual(['hokatsu-nojiri', 'nishimoro', 'kodomo']);
    expect(windowsFor('kobayashi', lost())).toEqual(['nishimoro', 'kodomo', 'jiritsu']);
  });

  it('ends at the window nearest to what was said in 生駒', () => {
    const faint = assessment([['livelihood', 0.2]], { scope: 'unclear' });
    expect(windowsFor('ikoma', facts({ assessment: faint }, 'もうどうしたらいいか'))[0]).toBe('seikatsu');
    expect(windowsFor('ikoma', facts({ assessment: assessment([]) }, '水道の紙がきて'))[0]).toBe('seikatsu');
    expect(windowsFor('ikoma', facts({ assessment: assessment([]), ageBand: 'old' }, 'よくわからん'))[0]).toBe(
      'hokatsu',
    );
    expect(windowsFor('ikoma', lost()).length).toBeGreaterThan(0);
  });

  it('ends in 豊川 at the 地域包括 of the own area, or at the city hall', () => {
    expect(windowsFor('toyokawa', lost('seibu'))).toEqual(['hokatsu-seibu', 'konkyu']);
    expect(windowsFor('toyokawa', lost())).toEqual(['konkyu']);
  });
});

describe('a known trouble', () => {
  const of = (...needs: Parameters<typeof assessment>[0]) => ({ assessment: assessment(needs), districtAsked: true });

  it('goes to the 地域包括 of the district, and to the 総合 window when the district is not known', () => {
    expect(windowsFor('ashiya', facts({ ...of(['elderly', 0.9]), district: 'shiomi' }))).toEqual(['hokatsu-shiomi']);
    const [unknown] = findWindows({ municipality: ashiya, facts: facts(of(['elderly', 0.9])) });
    expect(unknown).toMatchObject({ window: 'sogo', lead: true });
    expect(unknown!.reason).toContain('地域がわからなくても大丈夫');
  });

  it('tells 保育コンシェルジュ from こども家庭・保健センター by topic', () => {
    const child = of(['child', 0.9]);
    expect(windowsFor('ashiya', facts(child, '保育園に入れない'))).toEqual(['hoiku']);
    expect(windowsFor('ashiya', facts(child, '夜泣きがひどくて眠れない'))).toEqual(['kodomo']);
    expect(windowsFor('ashiya', facts(child, '保育園の話じゃなくて、叩いてしまいそう'))).toEqual(['kodomo']);
  });

  it('brings developmental disability to はるもにあ, other disability to the area’s window in 福井', () => {
    const disability = { ...of(['disability', 0.9]), district: 'kawanishi' };
    expect(windowsFor('fukui', facts(disability, '息子が発達障がいかもしれない'))).toEqual(['harumonia']);
    expect(windowsFor('fukui', facts(disability, '車いすの生活になった'))).toEqual(['hokusei']);
    expect(windowsFor('fukui', facts(of(['housing', 0.8]), '家賃'))).toEqual(['yorisoi']);
  });

  it('lets the 地域包括 take every field in 豊川, the special window beside it', () => {
    const known = facts({ ...of(['child', 0.9]), district: 'tobu' });
    expect(windowsFor('toyokawa', known)).toEqual(['hokatsu-tobu', 'kosodate']);
  });

  it('offers up to three windows for a compound trouble, the strongest need first', () => {
    const many = facts({
      ...of(['elderly', 0.9], ['livelihood', 0.6], ['disability', 0.5], ['child', 0.4]),
      district: 'nishi',
    });
    expect(windowsFor('ashiya', many)).toEqual(['hokatsu-nishi', 'sogo', 'kikan']);
    const faint = facts({ ...of(['elderly', 0.9], ['disability', 0.1]), district: 'nishi' });
    expect(windowsFor('ashiya', faint)).toEqual(['hokatsu-nishi']);
  });

  it('believes the resident more than the machine', () => {
    const corrected = facts({ ...of(['elderly', 0.9]), confirmedNeeds: ['child'], rejectedNeeds: ['elderly'] });
    expect(windowsFor('ashiya', corrected)).toEqual(['kodomo']);
  });

  it('puts the window in charge first in a crisis', () => {
    const danger = facts({ assessment: assessment([['child', 0.8]], { crisis: 'child_abuse' }) }, '隣の子が泣いている');
    expect(windowsFor('ashiya', danger)[0]).toBe('kodomo');
    expect(windowsFor('kobayashi', danger)[0]).toBe('kodomo');
  });

  it('says why without naming a diagnosis, and marks example values', () => {
    const [candidate] = findWindows({
      municipality: fukui,
      facts: facts({ ...of(['disability', 0.9]), district: 'meirin' }, '発達障害'),
    });
    expect(candidate!.reason).toMatch(/くわしい窓口です/);
    expect(candidate!.reason).not.toContain('発達障害');
    const [sogo] = findWindows({ municipality: ashiya, facts: facts(of(['housing', 0.8])) });
    expect(sogo).toMatchObject({ place: '保健福祉センター（見本）', demo: true });
  });
});

describe('the district', () => {
  it('is asked only when a window depends on it, and once', () => {
    const elderly = facts({ assessment: assessment([['elderly', 0.9]]) });
    expect(districtNeeded(ashiya, elderly)).toBe(true);
    expect(districtNeeded(ashiya, { ...elderly, districtAsked: true })).toBe(false);
    expect(districtNeeded(ashiya, { ...elderly, district: 'nishi' })).toBe(false);
    expect(districtNeeded(ashiya, facts({ assessment: assessment([['livelihood', 0.9]]) }))).toBe(false);
    expect(districtNeeded(ashiya, facts({ assessment: assessment([]) }))).toBe(false);
    expect(districtNeeded(ikoma, elderly)).toBe(false);
  });

  it('is asked in 豊川 and 小林 even when nothing else is known, and not for はるもにあ', () => {
    const unclear = facts({ assessment: assessment([]) });
    expect(districtNeeded(toyokawa, unclear)).toBe(true);
    expect(districtNeeded(kobayashi, unclear)).toBe(true);
    const development = facts({ assessment: assessment([['disability', 0.9]]) }, '発達障害のこと');
    expect(districtNeeded(fukui, development)).toBe(false);
  });
});

describe('whatever is known', () => {
  it('offers one to three different windows of the city, one of them leading', () => {
    const known = fc.record({
      needs: fc.uniqueArray(fc.tuple(fc.constantFrom(...NEEDS), fc.double({ min: 0, max: 1, noNaN: true })), {
        selector: ([need]) => need,
        maxLength: 5,
      }),
      confirmed: fc.option(fc.uniqueArray(fc.constantFrom(...NEEDS), { maxLength: 3 })),
      rejected: fc.uniqueArray(fc.constantFrom(...NEEDS), { maxLength: 3 }),
      crisis: fc.constantFrom(...CRISES),
      scope: fc.constantFrom('need' as const, 'unclear' as const, 'other' as const),
      city: fc.constantFrom<City>('ashiya', 'kobayashi', 'fukui', 'ikoma', 'toyokawa'),
      district: fc.option(fc.constantFrom('shiomi', 'nojiri', 'tobu', 'meirin', 'nowhere')),
      text: fc.constantFrom('保育園', '発達障害', '水道', '', '助けて'),
    });
    fc.assert(
      fc.property(known, ({ needs, confirmed, rejected, crisis, scope, city, district, text }) => {
        const municipality = CITIES[city];
        const candidates = findWindows({
          municipality,
          facts: facts(
            {
              assessment: assessment(needs, { crisis, scope }),
              confirmedNeeds: confirmed,
              rejectedNeeds: rejected,
              district,
            },
            text,
          ),
        });
        expect(candidates.length).toBeGreaterThanOrEqual(1);
        expect(candidates.length).toBeLessThanOrEqual(3);
        expect(candidates.filter((candidate) => candidate.lead)).toEqual([candidates[0]]);
        const ids = candidates.map((candidate) => candidate.window);
        expect(new Set(ids).size).toBe(ids.length);
        for (const candidate of candidates) {
          candidateSchema.parse(candidate);
          const window = municipality.windows.find((one) => one.id === candidate.window)!;
          // 小林: each of the six takes anyone in, and the choice is the person's.
          const anyone = municipality.routing?.unclear === 'choice' && window.receivesAll === true;
          expect(anyone || window.districts.length === 0 || window.districts.includes(district ?? '')).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
