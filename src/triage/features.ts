/**
 * What the linear model sees of a text, each feature with a name staff can read and its place in the text:
 * `語:` word, `否:` word under a negation, `群:` word group, `量:` quantity, `組:` two groups in one clause, `続:` two neighbouring
 * words, `字:` 2–3 characters, `漢:` one kanji, `音:` 3–4 kana of the reading, `印:` marks (question, emoji, length, …).
 */
import type { Dictionary, PatternHit } from './dictionary.ts';
import { type Gathering, KIND, type Part } from './gathering.ts';
import { marksOf } from './marks.ts';
import { negatedTokens, negatedTopics, type Span } from './negation.ts';
import type { Normalised } from './normalise.ts';
import { findQuantities } from './quantities.ts';
import type { Token } from './tokenizer.ts';

export interface Analysis {
  readonly normalised: Normalised;
  readonly tokens: readonly Token[];
  readonly patterns: readonly PatternHit[];
  readonly negated: readonly Span[];
  readonly groups: readonly { readonly group: string; readonly start: number; readonly end: number }[];
  /** How it is said (marks.ts). */
  readonly marks: readonly string[];
}

/** Puts the features into `gathering`. */
export function analyse(
  normalised: Normalised,
  tokens: readonly Token[],
  dictionary: Dictionary,
  gathering: Gathering,
): Analysis {
  const { text } = normalised;
  const { groups: words, patterns } = dictionary.search(text, tokens, normalised.kanaOnly);
  const groups = [...words, ...findQuantities(text).map((q) => ({ group: q.kind, start: q.start, end: q.end }))];
  const negated = [...negatedTopics(text), ...patterns.filter(isHarmlessPhrase)];
  gathering.begin(negated);
  addTokens(gathering, tokens);
  addGroups(gathering, groups, text);
  gathering.addCharacters(text);
  addReading(gathering, tokens);
  const marks = marksOf(normalised, tokens);
  for (const mark of marks) gathering.add(KIND.mark, `印:${mark}`, -1, -1);
  return { normalised, tokens, patterns, negated, groups, marks };
}

/** 「死にたいわけじゃない」「死ぬほど」: one phrase without a gap, whose words are not meant as they are elsewhere. */
function isHarmlessPhrase({ entry }: PatternHit): boolean {
  return entry.says.kind === 'harmless' && !entry.pattern.includes('…');
}

function addTokens(gathering: Gathering, tokens: readonly Token[]): void {
  const negated = negatedTokens(tokens);
  const nothing = gathering.part('');
  let before: Part | undefined;
  let startBefore = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.pos === '記号' || token.surface.trim() === '') {
      before = undefined;
      continue;
    }
    if (gathering.inNegated(token.start, token.end)) {
      gathering.add(KIND.word, `打消:${token.base}`, token.start, token.end);
      before = undefined;
      continue;
    }
    const isNumber = token.detail === '数' || /^[0-9]+$/.test(token.surface);
    const text = isNumber ? '#' : token.base;
    const base = gathering.part(text);
    gathering.addJoined(KIND.word, '語', base, nothing, token.start, token.end);
    if (negated[i] && !isFunctional(token)) gathering.add(KIND.word, `否:${text}`, token.start, token.end);
    if (before !== undefined) gathering.addJoined(KIND.words, '続', before, base, startBefore, token.end);
    before = base;
    startBefore = token.start;
  }
}

function isFunctional(token: Token): boolean {
  return token.pos === '助詞' || token.pos === '助動詞' || token.detail === '非自立';
}

/** Groups, and pairs of groups no further apart than a clause or so. */
function addGroups(gathering: Gathering, groups: Analysis['groups'], text: string): void {
  const seen: { group: string; start: number; end: number }[] = [];
  for (const hit of groups) {
    if (gathering.inNegated(hit.start, hit.end)) gathering.add(KIND.group, `打消群:${hit.group}`, hit.start, hit.end);
    else seen.push(hit);
  }
  for (const hit of seen) {
    gathering.add(KIND.group, `群:${hit.group}`, hit.start, hit.end);
    addPerson(gathering, hit, text);
  }
  const near = seen.slice(0, 40);
  const parts = near.map((hit) => gathering.part(hit.group));
  for (let i = 0; i < near.length; i++) {
    for (let j = i + 1; j < near.length; j++) {
      const [a, b] = [near[i]!, near[j]!];
      if (a.group === b.group || Math.max(a.start, b.start) - Math.min(a.end, b.end) > 30) continue;
      if (stopBetween(text, Math.min(a.end, b.end), Math.max(a.start, b.start))) continue;
      const [first, second] = a.group < b.group ? [parts[i]!, parts[j]!] : [parts[j]!, parts[i]!];
      gathering.addJoined(KIND.groups, '組', first, second, Math.min(a.start, b.start), Math.max(a.end, b.end));
    }
  }
}

function stopBetween(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (text.charCodeAt(i) === 0x3002) return true;
  return false;
}

const PERSON = /^(?:家族|他人|自分|恋人|ひとり親|子どもの人|老いた人)/u;

/** Who is named, and in which part of the sentence: 「夫が」「母を」「隣の」. */
function addPerson(gathering: Gathering, hit: { group: string; start: number; end: number }, text: string): void {
  const person = PERSON.exec(hit.group)?.[0];
  if (person === undefined) return;
  const particle =
    /^(?:さん|ちゃん|くん|たち)?(が|は|も|を|に|の|と|から|って|で|へ|、)/u.exec(
      text.slice(hit.end, hit.end + 6),
    )?.[1] ?? '–';
  gathering.add(KIND.group, `人:${person}`, hit.start, hit.end);
  gathering.add(KIND.group, `人:${person}${particle}`, hit.start, hit.end);
  gathering.add(KIND.groups, `人:${hit.group}${particle}`, hit.start, hit.end);
  if (hit.start <= 2) gathering.add(KIND.group, `人:${person} 文頭`, hit.start, hit.end);
}

function addReading(gathering: Gathering, tokens: readonly Token[]): void {
  let reading = '';
  const places: number[] = [];
  for (const token of tokens) {
    const kana = gathering.inNegated(token.start, token.end) ? '。' : token.reading;
    const last = token.end - token.start - 1;
    for (let i = 0; i < kana.length; i++) places.push(token.start + Math.min(i, last));
    reading += kana;
  }
  gathering.addReading(reading, places);
}
