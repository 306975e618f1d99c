import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkDictionaries } from '#triage/check-dictionaries.ts';
import { DICTIONARIES } from './triage-fixture.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'tsunagi-dictionaries-'));
  for (const folder of ['words', 'examples']) mkdirSync(path.join(dir, folder));
  writeFileSync(path.join(dir, 'weights.tsv'), '');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const put = (file: string, text: string): void => writeFileSync(path.join(dir, file), text);
const said = (): string[] => checkDictionaries(dir).map((f) => `${f.file}:${f.line} ${f.what}`);

describe('checkDictionaries', () => {
  it.each([
    [
      'a word twice',
      'words/a.txt',
      '［お金］\n財布、小銭\n財布',
      'words/a.txt:3 「財布」がグループ［お金］に二度あります（一度目は words/a.txt の2行目）。',
    ],
    ['a word without a group', 'words/a.txt', '財布', 'words/a.txt:1 「財布」の前にグループの見出しがありません。'],
    [
      'a word of signs only',
      'words/a.txt',
      '［お金］\n★★',
      'words/a.txt:2 「★★」は記号だけなので、文の中で見つかりません。',
    ],
    [
      'a label that does not exist',
      'examples/a.txt',
      '財布に38円 | money | self',
      'examples/a.txt:1 「money」というラベルはありません。',
    ],
    [
      'an example with two labels',
      'examples/a.txt',
      '財布に38円 | livelihood | self\n財布に38円 | housing | self',
      'examples/a.txt:2 例文「財布に38円」に二通りのラベルがついています（もう一つは examples/a.txt の1行目）。',
    ],
    [
      'a crisis without a need',
      'examples/a.txt',
      '死にたい | unclear | self | suicide',
      'examples/a.txt:1 例文「死にたい」は危機なのに unclear になっています。',
    ],
    [
      'a group that does not exist',
      'situations.txt',
      '〈お金〉…ない | livelihood',
      'situations.txt:1 グループ〈お金〉は words/ にありません。',
    ],
    [
      'brackets that do not close',
      'situations.txt',
      '(財布|小銭…ない | livelihood',
      'situations.txt:1 「(財布|小銭…ない | livelihood」を読めません。',
    ],
    [
      'a slip written two ways',
      'slips.txt',
      'しんどみ → しんどい\nしんどみ → つらい',
      'slips.txt:2 「しんどみ」の書きかえ先が「しんどい」と「つらい」の二つあります。',
    ],
  ])('%s', (_, file, text, expected) => {
    put(file, text);
    expect(said()).toContain(expected);
  });

  it('says what to do about each finding', () => {
    put('words/a.txt', '財布\n［お金］\n★');
    for (const finding of checkDictionaries(dir)) expect(finding.remedy).not.toBe('');
  });

  it('finds no error in the project’s own dictionaries', () => {
    expect(checkDictionaries(DICTIONARIES).filter((f) => f.level === 'error')).toEqual([]);
  });
});
