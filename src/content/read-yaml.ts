import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import type { Finding } from '#contracts/finding.ts';

/** A staff file as read: its value, and where in the file each part of it stands. */
export interface Source {
  /** As shown in findings, e.g. `flows/ashiya/first-contact.yaml`. */
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  /** Line (1-based) of the value at a path; of its nearest parent when it has none itself. */
  line(path: readonly PropertyKey[]): number;
  /** Line of a key within the mapping at a path. */
  keyLine(path: readonly PropertyKey[], key: string): number;
}

export type Read = { source: Source; findings: Finding[] } | { source: null; findings: Finding[] };

/**
 * Reads one YAML file. @param root folder that `file` is relative to.
 * @returns `source: null` with findings in plain Japanese when it is absent or no YAML.
 */
export async function readYaml(root: string, file: string, shown: string): Promise<Read> {
  let text: string;
  try {
    text = await readFile(join(root, file), 'utf8');
  } catch {
    const what = 'このファイルが見つからないか、読めません。';
    return {
      source: null,
      findings: [{ file: shown, line: 0, level: 'error', what, remedy: 'ファイルの場所と名前を確かめてください。' }],
    };
  }
  return parseYaml(text, shown);
}

/** `readYaml` without the disk. */
function parseYaml(text: string, file: string): Read {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, merge: true });
  if (document.errors.length > 0) {
    return { source: null, findings: document.errors.map((error) => explain(error, file)) };
  }
  const lineAt = (offset: number): number => counter.linePos(offset).line;
  const line = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lineAt(node.range[0]);
    }
    return 1;
  };
  const keyLine = (path: readonly PropertyKey[], key: string): number => {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key);
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return lineAt(pair.key.range[0]);
    }
    return line(path);
  };
  try {
    return { source: { file, text, value: document.toJS() as unknown, line, keyLine }, findings: [] };
  } catch {
    // The only thing that fails here: references (*name) to references without end.
    const what = '「*名前」の参照が多すぎるか、参照が参照を呼びつづけています。';
    const remedy = '参照（& と *）をやめて、その場に書いてください。';
    return { source: null, findings: [{ file, line: 0, level: 'error', what, remedy }] };
  }
}

const CAUSES: Partial<Record<YAMLParseError['code'], [string, string]>> = {
  TAB_AS_INDENT: ['行のはじめにタブ文字があります。', 'タブを消して、半角スペースで字下げしてください。'],
  BAD_INDENT: [
    '字下げ（行のはじめのスペースの数）がそろっていません。',
    '同じまとまりの行は、スペースの数をそろえてください。',
  ],
  DUPLICATE_KEY: ['同じ名前の項目が2回書かれています。', 'どちらか1つにしてください。'],
  MISSING_CHAR: [
    'かっこや引用符（" \' ] }）が閉じていないか、「:」が足りません。',
    '閉じる記号と「:」を確かめてください。',
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    'この行の字下げか「:」の使い方が合っていません。',
    '「:」のあとに文章を書くときは、文の中の半角「: 」を全角「：」にしてください。',
  ],
  MULTILINE_IMPLICIT_KEY: ['「:」の前が2行にまたがっています。', '「:」が抜けていないか確かめてください。'],
  BAD_ALIAS: ['「*」で始まる言葉が、ほかで決められていません。', '文章なら全体を「"」で囲んでください。'],
};

function explain(error: YAMLParseError, file: string): Finding {
  const [what, remedy] = CAUSES[error.code] ?? [
    'YAMLとして読めません。',
    '字下げ（半角スペース）と「:」「-」のあとのスペースを確かめてください。記号で始まる文章は「"」で囲みます。',
  ];
  return { file, line: error.linePos?.[0].line ?? 0, level: 'error', what, remedy };
}
