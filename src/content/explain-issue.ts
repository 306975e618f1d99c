import type { z } from 'zod';
import type { Finding } from '#contracts/finding.ts';
import type { Source } from './read-yaml.ts';
import { maybe } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/**
 * What zod found wrong, as the person who edits the file would say it.
 * @param base path of the checked value within the file
 * @param known keys that may stand where an unknown one was found
 */
export function explainIssue(
  issue: Issue,
  source: Source,
  base: readonly PropertyKey[] = [],
  known: (path: readonly PropertyKey[]) => readonly string[] = () => [],
): Finding[] {
  const path = [...base, ...issue.path];
  const at = { file: source.file, line: source.line(path), level: 'error' as const };
  const name = nameOf(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        ...at,
        line: source.keyLine(path, key),
        what: `「${key}」という項目は使えません。`,
        remedy: `${maybe(key, known(path))}使える項目: ${known(path).join('、') || '見本のファイルを見てください'}`,
      }));
    case 'invalid_type':
      return [{ ...at, ...typeSentence(issue, name) }];
    case 'invalid_value':
      return [{ ...at, what: `${name}の値が使えない言葉です。`, remedy: `使える値: ${issue.values.join('、')}` }];
    case 'too_small':
      return [
        { ...at, what: `${name}が空か、小さすぎます。`, remedy: `${String(issue.minimum)} 以上にしてください。` },
      ];
    case 'too_big':
      return [
        { ...at, what: `${name}が大きすぎるか、長すぎます。`, remedy: `${String(issue.maximum)} 以下にしてください。` },
      ];
    case 'invalid_format':
      return [{ ...at, what: `${name}の書き方が合っていません。`, remedy: formatRemedy(path) }];
    case 'invalid_union':
      return [
        {
          ...at,
          what: `${name}の書き方が合っていません。`,
          remedy: '見本のファイルと見くらべて、書き方をそろえてください。',
        },
      ];
    default:
      return [{ ...at, what: `${name}の値が合っていません。`, remedy: '見本のファイルと見くらべてください。' }];
  }
}

function typeSentence(issue: Extract<Issue, { code: 'invalid_type' }>, name: string): { what: string; remedy: string } {
  if (issue.input === undefined) return { what: `${name}がありません。`, remedy: `${name}を書いてください。` };
  const wanted = TYPES[issue.expected] ?? issue.expected;
  return { what: `${name}の書き方が合っていません。`, remedy: `${wanted}で書いてください。` };
}

const TYPES: Record<string, string> = {
  string: '文字（数字や記号で始まるときは「"」で囲む）',
  number: '数字',
  int: '整数の数字',
  boolean: 'true か false',
  array: '「- 」で始まる行の並び',
  object: '「項目: 値」の並び',
  record: '「項目: 値」の並び',
};

function formatRemedy(path: readonly PropertyKey[]): string {
  if (path.includes('weekly') || path.includes('hours'))
    return '時間は「09:00-17:00」のように、4けたの時刻2つを「-」でつないで書いてください。';
  return '英小文字・数字・ハイフンだけで書いてください（例: first-contact）。';
}

function nameOf(path: readonly PropertyKey[]): string {
  const last = path.findLast((part) => typeof part === 'string');
  return last === undefined ? 'このファイル' : `「${last}」`;
}
