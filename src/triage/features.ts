/**
 * What the linear model sees of a text, each feature with a name staff can read and its place in the text:
 * `語:` word, `否:` word under a negation, `群:` word group, `量:` quantity, `組:` two groups in one clause, `続:` two neighbouring
 * words, `字:` 2–3 characters, `漢:` one kanji, `音:` 3–4 kana of the reading, `印:` marks (question, emoji, length, …).
 */
import type { Dictionary, PatternHit } from './dictionary.ts';
import { marksOf } from './marks.ts';
import { negatedTokens, negatedTopics, type Span } from './negation.ts';
import type { Normalised } from './normalise.ts';
import { findQuantities } from './quantities.ts';
import type { Token } from './tokenizer.ts';
import { type JoinedPrefix, joinedName, type Part, type Vocabulary } from './vocabulary.ts';

/** Kinds of features; each kind's values are scaled together. The order is that of the arrays in `Features`. */
export const FEATURE_KINDS = ['語', '群', '組', '続', '字', '音', '印', '漢'] as const;

export interface Features {
  /** Empty when they were gathered with a vocabulary: then `at` tells the names. */
  readonly names: string[];
  /** Index into FEATURE_KINDS. */
  readonly kinds: number[];
  /** Place in the normalised text; -1 for the whole. */
  readonly starts: number[];
  readonly ends: number[];
  /** Places in the vocabulary, when one was given: then only names known to it are here. */
  readonly at: number[] | undefined;
}

export interface Analysis {
  readonly normalised: Normalised;
  readonly tokens: readonly Token[];
  readonly patterns: readonly PatternHit[];
  readonly negated: readonly Span[];
  readonly groups: readonly { readonly group: string; readonly start: number; readonly end: number }[];
  /** How it is said (marks.ts). */
  readonly marks: readonly string[];
  readonly features: Features;
}

/** With a vocabulary only what it knows is gathered (an answer needs no more); without, everything (learning). */
export function analyse(
  normalised: Normalised,
  tokens: readonly Token[],
  dictionary: Dictionary,
  vocabulary?: Vocabulary,
): Analysis {
  const { text } = normalised;
  const { groups: words, patterns } = dictionary.search(text, tokens, normalised.kanaOnly);
  const groups = [...words, ...findQuantities(text).map((q) => ({ group: q.kind, start: q.start, end: q.end }))];
  const negated = [...negatedTopics(text), ...patterns.filter(isHarmlessPhrase)];
  const collector = new Collector(negated, vocabulary);
  addTokens(collector, tokens);
  addGroups(collector, groups, text);
  addCharacters(collector, text, tokens);
  const marks = marksOf(normalised, tokens);
  for (const mark of marks) collector.add(6, `印:${mark}`, -1, -1);
  return { normalised, tokens, patterns, negated, groups, marks, features: collector.features };
}

/** 「死にたいわけじゃない」「死ぬほど」: one phrase without a gap, whose words are not meant as they are elsewhere. */
function isHarmlessPhrase({ entry }: PatternHit): boolean {
  return entry.says.kind === 'harmless' && !entry.pattern.includes('…');
}

/** Gathers each name once, at its first place. */
class Collector {
  readonly features: Features;
  readonly vocabulary: Vocabulary | undefined;
  readonly #seen = new Set<string>();
  readonly #negated: readonly Span[];

  constructor(negated: readonly Span[], vocabulary: Vocabulary | undefined) {
    this.#negated = negated;
    this.vocabulary = vocabulary;
    vocabulary?.beginText();
    this.features = { names: [], kinds: [], starts: [], ends: [], at: vocabulary === undefined ? undefined : [] };
  }

  inNegated(start: number, end: number): boolean {
    for (const span of this.#negated) if (start < span.end && end > span.start) return true;
    return false;
  }

  add(kind: number, name: string, start: number, end: number): void {
    if (this.vocabulary !== undefined) this.#keepPlace(this.vocabulary.whole(name), kind, start, end);
    else if (!this.#seen.has(name)) {
      this.#seen.add(name);
      this.features.names.push(name);
      this.#keep(kind, start, end);
    }
  }

  /** text[from, to) of kind 字, 漢 or 音: looked up by its characters, because most are not known and need no name. */
  addGram(kind: 4 | 5 | 7, text: string, from: number, to: number, start: number, end: number): void {
    if (this.vocabulary === undefined) this.add(kind, `${FEATURE_KINDS[kind]}:${text.slice(from, to)}`, start, end);
    else this.#keepPlace(this.vocabulary.gram(kind, text, from, to), kind, start, end);
  }

  part(text: string): Part {
    return this.vocabulary === undefined ? { text, id: -1 } : this.vocabulary.part(text);
  }

  /** `prefix:a` and `prefix:a b` (or `a+b`), looked up without joining the strings. */
  addJoined(kind: number, prefix: JoinedPrefix, a: Part, b: Part, start: number, end: number): void {
    if (this.vocabulary === undefined) this.add(kind, joinedName(prefix, a.text, b.text), start, end);
    else this.#keepPlace(this.vocabulary.joined(prefix, a.id, b.id), kind, start, end);
  }

  #keepPlace(place: number, kind: number, start: number, end: number): void {
    if (place < 0 || !this.vocabulary!.isNew(place)) return;
    this.features.at!.push(place);
    this.#keep(kind, start, end);
  }

  #keep(kind: number, start: number, end: number): void {
    this.features.kinds.push(kind);
    this.features.starts.push(start);
    this.features.ends.push(end);
  }
}

function addTokens(collector: Collector, tokens: readonly Token[]): void {
  const negated = negatedTokens(tokens);
  const nothing = collector.part('');
  let before: Part | undefined;
  let startBefore = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.pos === '記号' || token.surface.trim() === '') {
      before = undefined;
      continue;
    }
    if (collector.inNegated(token.start, token.end)) {
      collector.add(0, `打消:${token.base}`, token.start, token.end);
      before = undefined;
      continue;
    }
    const isNumber = token.detail === '数' || /^[0-9]+$/.test(token.surface);
    const text = isNumber ? '#' : token.base;
    const base = collector.part(text);
    collector.addJoined(0, '語', base, nothing, token.start, token.end);
    if (negated[i] && !isFunctional(token)) collector.add(0, `否:${text}`, token.start, token.end);
    if (before !== undefined) collector.addJoined(3, '続', before, base, startBefore, token.end);
    before = base;
    startBefore = token.start;
  }
}

function isFunctional(token: Token): boolean {
  return token.pos === '助詞' || token.pos === '助動詞' || token.detail === '非自立';
}

/** Groups, and pairs of groups no further apart than a clause or so. */
function addGroups(collector: Collector, groups: Analysis['groups'], text: string): void {
  const seen: { group: string; start: number; end: number }[] = [];
  for (const hit of groups) {
    if (collector.inNegated(hit.start, hit.end)) collector.add(1, `打消群:${hit.group}`, hit.start, hit.end);
    else seen.push(hit);
  }
  for (const hit of seen) {
    collector.add(1, `群:${hit.group}`, hit.start, hit.end);
    addPerson(collector, hit, text);
  }
  const near = seen.slice(0, 40);
  const parts = near.map((hit) => collector.part(hit.group));
  for (let i = 0; i < near.length; i++) {
    for (let j = i + 1; j < near.length; j++) {
      const [a, b] = [near[i]!, near[j]!];
      if (a.group === b.group || Math.max(a.start, b.start) - Math.min(a.end, b.end) > 30) continue;
      if (stopBetween(text, Math.min(a.end, b.end), Math.max(a.start, b.start))) continue;
      const [first, second] = a.group < b.group ? [parts[i]!, parts[j]!] : [parts[j]!, parts[i]!];
      collector.addJoined(2, '組', first, second, Math.min(a.start, b.start), Math.max(a.end, b.end));
    }
  }
}

function stopBetween(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (text.charCodeAt(i) === 0x3002) return true;
  return false;
}

const PERSON = /^(?:家族|他人|自分|恋人|ひとり親|子どもの人|老いた人)/u;

/** Who is named, and in which part of the sentence: 「夫が」「母を」「隣の」. */
function addPerson(collector: Collector, hit: { group: string; start: number; end: number }, text: string): void {
  const person = PERSON.exec(hit.group)?.[0];
  if (person === undefined) return;
  const particle =
    /^(?:さん|ちゃん|くん|たち)?(が|は|も|を|に|の|と|から|って|で|へ|、)/u.exec(
      text.slice(hit.end, hit.end + 6),
    )?.[1] ?? '–';
  collector.add(1, `人:${person}`, hit.start, hit.end);
  collector.add(1, `人:${person}${particle}`, hit.start, hit.end);
  collector.add(2, `人:${hit.group}${particle}`, hit.start, hit.end);
  if (hit.start <= 2) collector.add(1, `人:${person} 文頭`, hit.start, hit.end);
}

function addCharacters(collector: Collector, text: string, tokens: readonly Token[]): void {
  grams(text, 2, 3, (from, to) => {
    if (!collector.inNegated(from, to)) collector.addGram(4, text, from, to, from, to);
  });
  const { length } = text;
  for (let at = 0; at < length && at < MAX_GRAM_TEXT; at++) {
    if (isKanji(text.charCodeAt(at)) && !collector.inNegated(at, at + 1))
      collector.addGram(7, text, at, at + 1, at, at + 1);
  }
  let reading = '';
  const place: number[] = [];
  for (const token of tokens) {
    const kana = collector.inNegated(token.start, token.end) ? '。' : token.reading;
    for (let i = 0; i < kana.length; i++) place.push(token.start + Math.min(i, token.end - token.start - 1));
    reading += kana;
  }
  grams(reading, 3, 4, (from, to) => collector.addGram(5, reading, from, to, place[from]!, place[to - 1]! + 1));
}

function isKanji(code: number): boolean {
  return (code >= 0x4e00 && code <= 0x9fff) || code === 0x3005;
}

const MAX_GRAM_TEXT = 600;

function grams(text: string, shortest: number, longest: number, each: (from: number, to: number) => void): void {
  const length = Math.min(text.length, MAX_GRAM_TEXT);
  for (let start = 0; start < length; start++) {
    for (let n = 1; n <= longest && start + n <= length; n++) {
      if (BREAK[text.charCodeAt(start + n - 1)] === 1) break;
      if (n >= shortest) each(start, start + n);
    }
  }
}

/** 1 for the UTF-16 units that part clauses. */
const BREAK = new Uint8Array(0x10000);
for (const mark of '。、!?… 「」『』()・,.') BREAK[mark.charCodeAt(0)] = 1;
