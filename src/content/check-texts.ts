import type { Finding } from '#contracts/finding.ts';
import { PLACEHOLDERS, type TextKey } from '#contracts/texts.ts';
import { countGraphemes } from '#support/graphemes.ts';
import { LABEL } from './limits.ts';
import type { Source } from './read-yaml.ts';
import { maybe } from './suggest.ts';

/** Wordings that stand on buttons. */
const LABELS = new Set<TextKey>([
  'common.none',
  'common.human',
  'common.back',
  'common.skip',
  'ask.district_unknown',
  'ask.more',
  'confirm.yes',
  'confirm.more',
  'windows.visit',
  'windows.phone',
  'windows.home',
  'windows.online',
  'windows.other',
  'book.other_day',
  'book.pick_day',
  'book.later',
  'book.other_way',
  'consent.yes',
  'consent.only',
  'consent.no',
  'consent.detail',
  'handoff.phone_skip',
  'handoff.safe_hours_any',
  'handoff.send',
  'handoff.add',
  'handoff.fix',
  'handoff.cancel',
  'handoff.add_nickname',
  'handoff.add_contact',
  'handoff.add_consideration',
  'cancel.yes',
  'cancel.no',
  'failed.restart',
  'resources.alone',
  'resources.other',
  'reply.erase_yes',
  'reply.erase_no',
]);

export const isLabel = (key: string): boolean => LABELS.has(key as TextKey);

export function checkTexts(texts: Partial<Record<TextKey, string>>, source: Source): Finding[] {
  return Object.entries(texts).flatMap(([name, text]) => {
    const [group = '', key = ''] = name.split('.');
    const line = source.keyLine([group], key);
    const label = isLabel(name) ? checkLabel(text, source, line) : [];
    return [...label, ...checkPlaceholders(text, source, line)];
  });
}

export function checkLabel(label: string, source: Source, line: number): Finding[] {
  const length = countGraphemes(label);
  if (length <= LABEL) return [];
  const what = `ボタン「${label}」は${length}文字あります。LINEのボタンは${LABEL}文字までです。`;
  return [{ file: source.file, line, level: 'error', what, remedy: `${length - LABEL}文字けずってください。` }];
}

export function checkPlaceholders(text: string, source: Source, line: number): Finding[] {
  return [...text.matchAll(/\{([^{}\n]{0,20})\}/gu)].flatMap(([, name = '']): Finding[] => {
    if ((PLACEHOLDERS as readonly string[]).includes(name)) return [];
    const what = `{${name}} は使えません。`;
    const remedy = `${maybe(name, PLACEHOLDERS)}使えるもの: ${PLACEHOLDERS.map((one) => `{${one}}`).join(' ')}`;
    return [{ file: source.file, line, level: 'error', what, remedy }];
  });
}
