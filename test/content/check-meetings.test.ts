import { expect, it } from 'vitest';
import { checkMeetings } from '#content/check-meetings.ts';
import { municipalitySchema } from '#contracts/municipality.ts';

const base = {
  id: 'x',
  name: 'x',
  account: 'x',
  flow: 'first-contact',
  windows: [{ id: 'w', name: '窓口', about: 'x' }],
  consent: { version: '1', purpose: 'x', wording: 'x' },
};
const check = (rest: object): string[] => {
  const said: string[] = [];
  checkMeetings(municipalitySchema.parse({ ...base, ...rest }), (path, what, remedy) =>
    said.push(`${path.join('.')} ${what} ${remedy}`),
  );
  return said;
};

it('says where a name leads nowhere, and what there is instead', () => {
  const meetings = [
    {
      id: 'juso',
      name: '重層的支援会議',
      hears: 'consented',
      next: 'iinkay',
      regular: { weekday: 'tue', nth: [4], hours: '12:00-09:00' },
    },
    { id: 'iinkai', name: '委員会', hears: 'none' },
  ];
  const targets = [
    {
      id: 't',
      name: '会議',
      measure: 'conferences_held',
      definition: '数',
      meetings: ['jusou'],
      resources: ['nowhere'],
    },
  ];
  expect(check({ meetings, targets })).toEqual([
    expect.stringMatching(/^meetings\.0\.next 「重層的支援会議」の次の会議「iinkay」がありません。 .*iinkai/u),
    expect.stringMatching(/^meetings\.0\.regular\.hours .*終わりが始まりより前/u),
    expect.stringMatching(/^targets\.0\.meetings\.0 .*「jusou」がありません。 .*juso/u),
    expect.stringMatching(/^targets\.0\.resources\.0 .*「nowhere」が resources にありません/u),
  ]);
});

it('is content with a city that has none', () => {
  expect(check({})).toEqual([]);
});
