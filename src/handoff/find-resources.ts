/** Places and activities of a city that may suit (参加支援). Pure. */
import type { Need } from '#contracts/labels.ts';
import type { Fact, Municipality, Resource } from '#contracts/municipality.ts';
import type { Facts } from '#contracts/session.ts';
import { needsOf, wordsOf } from './needs-of.ts';

/**
 * @returns at most `limit`: for the needs said first; what was wished for (「昼間」「小さな子と」) named in its own words next; then
 * the own district before elsewhere, free to enter before introduced. What is for people with a particular trouble comes
 * later for somebody who only looks for a place, courses for helpers last unless they want to help.
 */
export function findResources(options: {
  municipality: Municipality;
  facts: Facts;
  limit: number;
}): { id: string; name: string; text: string }[] {
  const { municipality, facts, limit } = options;
  const needs = needsOf(facts).map(({ need }) => need);
  const words = wordsOf(facts);
  const helps = HELPING.test(words);
  const suited = (resource: Resource): number => needs.filter((need) => resource.needs.includes(need)).length;
  const rank = (resource: Resource): number => {
    const at = needs.findIndex((need) => resource.needs.includes(need));
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  };
  const forOthers = (resource: Resource): boolean => {
    const audience = resource.needs.filter((need) => !FOR_ANYONE.has(need));
    return audience.length > 0 && !audience.some((need) => needs.includes(need));
  };
  const stranger = (resource: Resource): number => resource.needs.filter((need) => !needs.includes(need)).length;
  const order = (resource: Resource): number =>
    (resource.district !== undefined && resource.district === facts.district ? 0 : 2) +
    (resource.entry === 'open' ? 0 : 1);
  return municipality.resources
    .filter((resource) => Number.isFinite(rank(resource)))
    .toSorted(
      (a, b) =>
        Number(forHelpers(a) && !helps) - Number(forHelpers(b) && !helps) ||
        Number(forOthers(a)) - Number(forOthers(b)) ||
        wishesMet(b, words) - wishesMet(a, words) ||
        rank(a) - rank(b) ||
        suited(b) - suited(a) ||
        stranger(a) - stranger(b) ||
        order(a) - order(b),
    )
    .slice(0, limit)
    .map((resource) => ({ id: resource.id, name: resource.name, text: textOf(resource) }));
}

/** A place with only these needs is for whoever comes; others name whom they are for (お年寄り、障がいのある方 …). */
const FOR_ANYONE: ReadonlySet<Need> = new Set(['participation', 'isolation']);

/** Courses for those who want to help others: the last thing for somebody who looks for a place themselves. */
const forHelpers = ({ for: whom, name }: Resource): boolean => /支える側|担い手|養成講座/u.test(`${whom ?? ''}${name}`);
const HELPING = /(?:ボランティア|手伝い|役に立|支える|支えたい|助けたい|講座|学びたい)/u;

/** A wish as residents write it, and how the description of a place answers it. */
const WISHES: readonly [said: RegExp, answered: RegExp][] = [
  [/(?:昼間|日中|ひるま|お昼|昼に)/u, /(?:昼|日中|午前|午後)/u],
  [/(?:行ける|行くところ|居場所|過ごせ|立ち寄|いられる)/u, /(?:過ごせ|立ち寄|集ま|来られる)/u],
  [/(?:夜|夕方|仕事(?:の)?(?:帰り|あと))/u, /(?:夜|夕方)/u],
  [/(?:土日|週末|休みの日|土曜|日曜)/u, /(?:土|日曜|週末)/u],
  [/(?:ごはん|ご飯|食事|食べ)/u, /(?:ごはん|ご飯|食堂|食べ)/u],
  [/(?:ボランティア|手伝い|役に立)/u, /(?:ボランティア|手伝|支える)/u],
  [/(?:働|仕事|就労|体験)/u, /(?:働|仕事|就労|作業|農)/u],
  [/(?:親の会|家族会|同じ(?:思い|立場|悩み))/u, /(?:家族|親)/u],
];

function wishesMet(resource: Resource, words: string): number {
  const told = [resource.name, resource.about, resource.when === undefined ? '' : factText(resource.when)].join('\n');
  return WISHES.filter(([said, answered]) => said.test(words) && answered.test(told)).length;
}

function textOf(resource: Resource): string {
  return [
    resource.about,
    resource.for === undefined ? '' : `対象：${resource.for}`,
    resource.when === undefined ? '' : `とき：${factText(resource.when)}`,
    resource.place === undefined ? '' : `ところ：${factText(resource.place)}`,
    resource.access === undefined ? '' : `行き方：${factText(resource.access)}`,
    resource.entry === 'open' ? '' : '市の担当から紹介してもらえます。',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

const factText = (fact: Fact): string =>
  typeof fact === 'string' ? fact : fact.demo ? `${fact.value}（見本）` : fact.value;
