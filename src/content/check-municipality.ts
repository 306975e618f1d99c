import type { Finding } from '#contracts/finding.ts';
import { type Municipality, WEEKDAYS } from '#contracts/municipality.ts';
import { countGraphemes } from '#support/graphemes.ts';
import { checkMeetings } from './check-meetings.ts';
import { checkPlaceholders } from './check-texts.ts';
import { LABEL } from './limits.ts';
import type { Source } from './read-yaml.ts';
import { maybe } from './suggest.ts';

const CLOSURE = /^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(\/(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?$/u;

/** @param folder name of the city's folder @param flows flows the city can start */
export function checkMunicipality(
  city: Municipality,
  source: Source,
  folder: string,
  flows: readonly string[],
): Finding[] {
  const findings: Finding[] = [];
  const add = (path: readonly PropertyKey[], what: string, remedy: string, level: Finding['level'] = 'error'): void => {
    findings.push({ file: source.file, line: source.line(path), level, what, remedy });
  };
  if (city.id !== folder)
    add(['id'], `id「${city.id}」がフォルダーの名前「${folder}」とちがいます。`, `id: ${folder} にしてください。`);
  if (!flows.includes(city.flow)) {
    add(
      ['flow'],
      `最初の流れ「${city.flow}」がありません。`,
      `${maybe(city.flow, flows)}ある流れ: ${flows.join('、')}`,
    );
  }
  if (!/\{窓口\}/u.test(city.consent.wording)) {
    add(
      ['consent', 'wording'],
      '同意の文に {窓口} がありません。だれに伝わるのかが、書いた人にわかりません。',
      '文の中に {窓口} を入れてください。',
    );
  }
  findings.push(...checkPlaceholders(city.consent.wording, source, source.line(['consent', 'wording'])));
  const takesAll = city.routing !== undefined && city.windows.some((window) => window.receivesAll);
  if (!city.windows.some((window) => window.default) && !takesAll) {
    add(
      ['windows'],
      '「どこに相談していいかわからない」人の行き先（default: true の窓口）がありません。',
      '総合の窓口に default: true を書いてください。なければ、ないことを市の方針として確かめてください。',
      'warning',
    );
  }
  findDouble(city.windows.map((window) => window.id)).forEach((id) => {
    add(['windows'], `窓口の id「${id}」が2つあります。`, 'それぞれちがう id にしてください。');
  });
  for (const [index, closure] of city.calendar.closures.entries()) {
    if (!CLOSURE.test(closure))
      add(
        ['calendar', 'closures', index],
        `休みの日「${closure}」を読めません。`,
        '「12-29/01-03」（毎年）か「2026-12-29」のように書いてください。',
      );
  }
  checkWindows(city, add);
  checkResources(city, add);
  checkMeetings(city, add);
  return findings;
}

type Add = (path: readonly PropertyKey[], what: string, remedy: string, level?: Finding['level']) => void;

function checkWindows(city: Municipality, add: Add): void {
  const districts = city.districts.map((district) => district.id);
  for (const [index, window] of city.windows.entries()) {
    const path = ['windows', index];
    for (const [at, district] of window.districts.entries()) {
      if (!districts.includes(district))
        add(
          [...path, 'districts', at],
          `「${window.name}」の地域「${district}」が districts にありません。`,
          `${maybe(district, districts)}ある地域: ${districts.join('、')}`,
        );
    }
    const special = Object.values(window.hours?.special ?? {}).some((intervals) => intervals.length > 0);
    const open = special || WEEKDAYS.some((day) => (window.hours?.weekly[day].length ?? 0) > 0);
    if (window.booking !== undefined && !open)
      add(
        path,
        `「${window.name}」は予約できることになっていますが、受付時間（hours）がありません。`,
        'hours: を書くか、booking: を消してください。',
      );
    for (const day of WEEKDAYS) {
      for (const interval of window.hours?.weekly[day] ?? []) {
        if (interval.slice(0, 5) >= interval.slice(6))
          add(
            [...path, 'hours', 'weekly', day],
            `「${window.name}」の時間「${interval}」は、終わりが始まりより前です。`,
            '始まりと終わりを入れかえてください。',
          );
      }
    }
    for (const [way, label] of Object.entries(window.wayLabels ?? {})) {
      if (countGraphemes(label) > LABEL)
        add(
          [...path, 'wayLabels', way],
          `ボタン「${label}」は${countGraphemes(label)}文字あります。LINEのボタンは${LABEL}文字までです。`,
          `${countGraphemes(label) - LABEL}文字けずってください。`,
        );
    }
    for (const way of window.booking?.ways ?? []) {
      if (!window.ways.includes(way))
        add(
          [...path, 'booking', 'ways'],
          `「${window.name}」の予約の方法「${way}」が ways にありません。`,
          `ways に ${way} を足すか、booking の ways から消してください。`,
        );
    }
    const reached = window.receivesAll === true || (window.roles ?? []).length > 0;
    if (window.needs.length === 0 && window.topics.length === 0 && !window.default && !reached) {
      add(
        path,
        `「${window.name}」には needs も topics もないので、だれも案内されません。`,
        '受けもつ困りごとを needs に書いてください。',
        'warning',
      );
    }
  }
  for (const district of districts) {
    if (!city.windows.some((window) => window.districts.includes(district)))
      add(
        ['districts'],
        `地域「${district}」を受けもつ窓口がありません。`,
        'どれかの窓口の districts に書くか、この地域を消してください。',
        'warning',
      );
  }
}

function checkResources(city: Municipality, add: Add): void {
  const windows = city.windows.map((window) => window.id);
  const districts = city.districts.map((district) => district.id);
  for (const [index, resource] of city.resources.entries()) {
    const path = ['resources', index];
    if (resource.coordinator !== undefined && !windows.includes(resource.coordinator))
      add(
        [...path, 'coordinator'],
        `「${resource.name}」を紹介する窓口「${resource.coordinator}」がありません。`,
        `${maybe(resource.coordinator, windows)}ある窓口: ${windows.join('、')}`,
      );
    if (resource.district !== undefined && !districts.includes(resource.district))
      add(
        [...path, 'district'],
        `「${resource.name}」の地域「${resource.district}」が districts にありません。`,
        `${maybe(resource.district, districts)}ある地域: ${districts.join('、')}`,
      );
  }
  findDouble(city.resources.map((resource) => resource.id)).forEach((id) => {
    add(['resources'], `場所の id「${id}」が2つあります。`, 'それぞれちがう id にしてください。');
  });
}

const findDouble = (ids: readonly string[]): string[] => [
  ...new Set(ids.filter((id, index) => ids.indexOf(id) !== index)),
];
