import type { Finding } from '#contracts/finding.ts';
import type { Fact, Municipality, Window } from '#contracts/municipality.ts';
import type { City, Common } from './read-all.ts';
import type { Source } from './read-yaml.ts';

/** Demo values and empty facts of a city: fine for a trial, refused for residents. */
export function checkProduction(city: City): Finding[] {
  const { municipality, source } = city;
  if (municipality === null || source === null) return [];
  const areas = municipality.districts.flatMap((district, index): Finding[] =>
    district.demo === true
      ? [
          {
            file: source.file,
            line: source.line(['districts', index]),
            level: 'error',
            what: `地域「${district.name}」が見本のままです。`,
            remedy: '本当の地域に書きかえ、demo: true を消してください。',
          },
        ]
      : [],
  );
  return [...areas, ...windowFindings(municipality, source)];
}

function windowFindings(municipality: Municipality, source: Source): Finding[] {
  return municipality.windows.flatMap((window, index) => {
    const at = { file: source.file, line: source.line(['windows', index]), level: 'error' as const };
    const served: Finding[] =
      window.districtsDemo === true
        ? [
            {
              ...at,
              line: source.keyLine(['windows', index], 'districtsDemo'),
              what: `「${window.name}」の受けもつ地域が見本のままです。`,
              remedy: '本当の地域を districts: に書き、districtsDemo: true を消してください。',
            },
          ]
        : [];
    const facts = factsOf(window).flatMap(([key, name, fact]): Finding[] => {
      const line = fact === undefined ? at.line : source.keyLine(['windows', index], key);
      if (fact === undefined || fact === '') {
        return [
          {
            ...at,
            line,
            what: `「${window.name}」の${name}が書かれていません。`,
            remedy: `${key}: に、窓口に確かめた${name}を書いてください。`,
          },
        ];
      }
      if (typeof fact === 'object' && fact.demo) {
        return [
          {
            ...at,
            line,
            what: `「${window.name}」の${name}が見本のままです。`,
            remedy: `窓口に確かめた${name}に書きかえ、demo: true を消してください。`,
          },
        ];
      }
      return [];
    });
    return [...served, ...facts];
  });
}

function factsOf(window: Window): [key: string, name: string, fact: Fact | { demo: boolean } | undefined][] {
  return [
    ['place', '場所', window.place],
    ['phone', '電話番号', window.phone],
    ['hours', '受付時間', window.hours],
  ];
}

/** Crisis lines whose last check is too old: told to staff always, refused for production. */
export function checkExpiry(common: Common, now: number, production: boolean): Finding[] {
  const today = new Date(now + 9 * 3_600_000).toISOString().slice(0, 10);
  const source = common.linesSource;
  if (source === null) return [];
  return common.crisisLines.flatMap((line, index) => {
    if (line.expires >= today) return [];
    return {
      file: source.file,
      line: source.line([index]),
      level: production ? ('error' as const) : ('warning' as const),
      what: `「${line.name}」（${line.number}）の確認の期限（${line.expires}）が切れています。期限が切れた番号は案内されません。`,
      remedy: '番号と時間を公式の一覧で確かめ、checked と expires を書きかえてください。',
    };
  });
}
