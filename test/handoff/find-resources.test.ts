/** Places for who looks for one, over the five cities' own files. */
import { expect, it } from 'vitest';
import type { Need } from '#contracts/labels.ts';
import { findResources } from '#handoff/find-resources.ts';
import { city } from './cases/kit.ts';
import { facts } from './cities.ts';

const placesFor = async (id: string, needs: Need[], text: string): Promise<string[]> =>
  findResources({ municipality: await city(id), facts: facts({ confirmedNeeds: needs }, text), limit: 3 }).map(
    ({ id: one }) => one,
  );

it('小林: gives who wants a place by day a place, not a course for helpers', async () => {
  const places = await placesFor('kobayashi', ['participation'], '昼間行けるところがほしい');
  expect(places[0]).toBe('ibasho');
  expect(places.filter((one) => one.startsWith('supporter'))).toEqual([]);
});

it('gives who wants to help the courses and the volunteering first', async () => {
  expect((await placesFor('kobayashi', ['participation'], 'ボランティアで人の役に立ちたい')).slice(0, 2)).toEqual([
    'supporter-hikikomori',
    'supporter-gokinjo',
  ]);
  expect((await placesFor('fukui', ['participation'], 'ボランティアをしてみたい'))[0]).toBe('volunteer');
});

it('gives at most three, and none where the plan names none', async () => {
  for (const id of ['ashiya', 'kobayashi', 'fukui', 'ikoma', 'toyokawa'])
    expect((await placesFor(id, ['participation', 'isolation'], '居場所がほしい')).length).toBeLessThanOrEqual(3);
  expect(await placesFor('toyokawa', ['participation'], '昼間行けるところがほしい')).toEqual([]);
});
