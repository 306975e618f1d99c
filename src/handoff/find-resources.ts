/** Places and activities of a city that may suit (参加支援). Pure. */
import type { Fact, Municipality, Resource } from '#contracts/municipality.ts';
import type { Facts } from '#contracts/session.ts';
import { needsOf } from './needs-of.ts';

/** @returns at most `limit`: for the needs said first, in the own district before elsewhere, free to enter before introduced. */
export function findResources(options: {
  municipality: Municipality;
  facts: Facts;
  limit: number;
}): { name: string; text: string }[] {
  const { municipality, facts, limit } = options;
  const needs = needsOf(facts).map(({ need }) => need);
  const rank = (resource: Resource): number => {
    const at = needs.findIndex((need) => resource.needs.includes(need));
    return at < 0 ? (resource.needs.includes('participation') ? needs.length : Number.POSITIVE_INFINITY) : at;
  };
  const order = (resource: Resource): number =>
    (resource.district !== undefined && resource.district === facts.district ? 0 : 2) +
    (resource.entry === 'open' ? 0 : 1);
  return municipality.resources
    .filter((resource) => Number.isFinite(rank(resource)))
    .toSorted((a, b) => rank(a) - rank(b) || order(a) - order(b))
    .slice(0, limit)
    .map((resource) => ({ name: resource.name, text: textOf(resource) }));
}

function textOf(resource: Resource): string {
  return [
    resource.about,
    resource.for === undefined ? '' : `対象：${resource.for}`,
    resource.when === undefined ? '' : `とき：${factText(resource.when)}`,
    resource.place === undefined ? '' : `ところ：${factText(resource.place)}`,
    resource.entry === 'open' ? '' : '市の担当から紹介してもらえます。',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

const factText = (fact: Fact): string =>
  typeof fact === 'string' ? fact : fact.demo ? `${fact.value}（見本）` : fact.value;
