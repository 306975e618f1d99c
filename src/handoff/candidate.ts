/** How a chosen window is shown to the resident: the reason in plain words that nobody is ashamed to have on a screen. */
import type { Need } from '#contracts/labels.ts';
import type { Fact, Municipality } from '#contracts/municipality.ts';
import type { Candidate, Facts } from '#contracts/session.ts';
import type { Pick } from './find-windows.ts';

/** R3, R31: no diagnosis, no debts, no word of abuse. */
const EVERYDAY: Record<Need, string> = {
  elderly: '年を重ねた方の暮らしや介護のこと',
  disability: '障がいや発達についてのこと',
  child: '子どもや子育てのこと',
  livelihood: '暮らしのお金や仕事のこと',
  housing: '住まいのこと',
  isolation: '家や人とのつながりのこと',
  mental: 'こころの元気のこと',
  abuse: '安心して暮らすこと',
  rights: '大切な権利や財産を守ること',
  participation: '居場所や活動のこと',
};

export function toCandidate(municipality: Municipality, facts: Facts, pick: Pick, lead: boolean): Candidate {
  const { window } = pick;
  return {
    window: window.id,
    name: window.name,
    reason: `${reasonFor(municipality, facts, pick)}${window.about}`,
    ways: [...window.ways],
    confidence: Math.round(pick.confidence * 100) / 100,
    lead,
    ...(window.place === undefined ? {} : { place: factText(window.place) }),
    ...(window.phone === undefined ? {} : { phone: factText(window.phone) }),
    demo: [window.place, window.phone].some(isDemo) || (window.hours?.demo ?? false),
  };
}

function reasonFor(municipality: Municipality, facts: Facts, pick: Pick): string {
  const { why } = pick;
  const district = municipality.districts.find(({ id }) => id === facts.district)?.name;
  const here = 'local' in why && why.local && district !== undefined ? `お住まいの地域（${district}）の担当です。` : '';
  switch (why.because) {
    case 'need':
      return `${EVERYDAY[why.need]}を聞く窓口です。${here}`;
    case 'topic':
      // Not the topic itself: it may be a diagnosis (R3).
      return `${EVERYDAY[why.need]}に、とくにくわしい窓口です。${here}`;
    case 'crisis':
      return '安全を守るために、すぐに動ける窓口です。';
    case 'all':
      // Where the window says so itself, it is not said twice.
      return /どんな|まるごと|どの分野/u.test(pick.window.about)
        ? here
        : `どんな困りごとでも、まるごと聞く窓口です。${here}`;
    case 'district_unknown':
      return 'お住まいの地域がわからなくても大丈夫です。ここで話を聞いて、担当の窓口につなぎます。';
    case 'default':
      return 'どこに話せばいいか、はっきりしなくても大丈夫です。いっしょに考える窓口です。';
  }
}

/** A demo value says that it is one wherever it is shown. */
const factText = (fact: Fact): string =>
  typeof fact === 'string' ? fact : fact.demo ? `${fact.value}（見本）` : fact.value;
const isDemo = (fact: Fact | undefined): boolean => typeof fact === 'object' && fact.demo;
