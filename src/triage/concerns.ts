/** The 16 kinds of trouble of the standard form (and 権利擁護): from patterns of concerns.txt, and from the needs found. */
import type { Assessment } from '#contracts/assessment.ts';
import { CONCERNS, type Concern, type Crisis, type Need } from '#contracts/label-lists.ts';
import type { Analysis } from './features.ts';

const OF_NEED: Record<Need, Concern> = {
  elderly: 'care',
  disability: 'health',
  child: 'childcare',
  livelihood: 'income',
  housing: 'housing',
  isolation: 'withdrawal',
  mental: 'health',
  abuse: 'violence',
  rights: 'advocacy',
  participation: 'community',
};
/** A need stands on the form from this probability on. */
const LISTED_FROM = 0.25;
/** Concerns that tell more exactly what the need's own says. */
const FINER: Partial<Record<Concern, readonly Concern[]>> = {
  income: ['food', 'public_dues', 'debt', 'job_search', 'work_trouble', 'rent'],
  housing: ['rent'],
};

export function concernsOf(analysis: Analysis, needs: Assessment['needs'], crisis: Crisis): Assessment['concerns'] {
  const found = new Set<Concern>();
  for (const { entry } of analysis.patterns) if (entry.says.kind === 'concern') found.add(entry.says.concern);
  needs.forEach(({ need, score }, i) => {
    if (i === 0 || score >= LISTED_FROM) found.add(OF_NEED[need]);
  });
  if (crisis === 'violence' || crisis === 'child_abuse') found.add('violence');
  if (crisis === 'suicide' || crisis === 'medical') found.add('health');
  const most = mostPressing(found, needs, crisis);
  return CONCERNS.filter((concern) => found.has(concern)).map((concern) => ({ concern, most: concern === most }));
}

function mostPressing(found: ReadonlySet<Concern>, needs: Assessment['needs'], crisis: Crisis): Concern | undefined {
  if (crisis === 'violence' || crisis === 'child_abuse') return 'violence';
  if (crisis === 'suicide' || crisis === 'medical') return 'health';
  const first = needs[0];
  if (first === undefined) return [...found][0];
  const own = OF_NEED[first.need];
  return FINER[own]?.find((concern) => found.has(concern)) ?? own;
}
