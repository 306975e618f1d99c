/**
 * What the linear model sees of a text, each feature with a name staff can read and its place in the text:
 * `語:` word, `否:` word under a negation, `群:` word group, `量:` quantity, `組:` two groups in one clause, `続:` two neighbouring
 * words, `字:` 2–3 characters, `漢:` one kanji, `音:` 3–4 kana of the reading, `印:` marks (question, emoji, length, …).
 */
import type { Dictionary, GroupHit, PatternHit } from './dictionary.ts';
import { type Gathering, KIND, MAX_GRAM_TEXT } from './gathering.ts';
import { marksOf } from './marks.ts';
import { negatedTokens, negatedTopics, type Span } from './negation.ts';
import type { Normalised } from './normalise.ts';
import { findQuantities } from './quantities.ts';
import { isBlank, type Token } from './tokenizer.ts';

export interface Analysis {
  readonly normalised: Normalised;
  readonly tokens: readonly Token[];
  readonly patterns: readonly PatternHit[];
  readonly negated: readonly Span[];
  readonly groups: readonly GroupHit[];
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
  const groups: GroupHit[] = [...words, ...findQuantities(text)];
  const negated = [...negatedTopics(text), ...patterns.filter(isHarmlessPhrase)];
  gathering.begin(negated);
  addTokens(gathering, tokens);
  addGroups(gathering, groups, text);
  gathering.addCharacters(text);
  addReading(gathering, tokens);
  const marks = marksOf(normalised, tokens);
  for (const mark of marks) gathering.add(KIND.mark, '印', mark, -1, -1);
  return { normalised, tokens, patterns, negated, groups, marks };
}

/** 「死にたいわけじゃない」「死ぬほど」: one phrase without a gap, whose words are not meant as they are elsewhere. */
function isHarmlessPhrase({ entry }: PatternHit): boolean {
  return entry.says.kind === 'harmless' && !entry.pattern.includes('…');
}

function addTokens(gathering: Gathering, tokens: readonly Token[]): void {
  const negated = negatedTokens(tokens);
  gathering.endClause();
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const { base, start, end } = token;
    if (isBlank(token)) {
      gathering.endClause();
      continue;
    }
    if (gathering.inNegated(start, end)) {
      gathering.add(KIND.word, '打消', base, start, end);
      gathering.endClause();
      continue;
    }
    const isNumber = token.detail === '数' || isDigits(token.surface);
    gathering.addWord(isNumber ? '#' : base, isNumber ? -1 : token.word, start, end);
    if (negated[i] && !isFunctional(token)) gathering.add(KIND.word, '否', isNumber ? '#' : base, start, end);
    gathering.addNeighbours();
  }
}

function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 0x30 || text.charCodeAt(i) > 0x39) return false;
  return text !== '';
}

function isFunctional(token: Token): boolean {
  return token.pos === '助詞' || token.pos === '助動詞' || token.detail === '非自立';
}

/** So many groups are paired with one another. */
const PAIRED = 40;

/** Groups, and pairs of groups no further apart than a clause or so. */
function addGroups(gathering: Gathering, groups: readonly GroupHit[], text: string): void {
  const seen: GroupHit[] = [];
  for (const hit of groups) {
    if (gathering.inNegated(hit.start, hit.end)) gathering.add(KIND.group, '打消群', hit.group, hit.start, hit.end);
    else seen.push(hit);
  }
  for (const hit of seen) {
    gathering.addGroup(hit.group, hit.number, hit.start, hit.end);
    addPerson(gathering, hit, text);
  }
  const near = seen.slice(0, PAIRED);
  const pairings = near.map((hit) => gathering.pairing(hit.group, hit.number));
  for (let i = 0; i < near.length; i++) {
    if (pairings[i]! < 0) continue;
    const a = near[i]!;
    for (let j = i + 1; j < near.length; j++) {
      const b = near[j]!;
      if (pairings[j]! < 0 || a.group === b.group) continue;
      const from = Math.min(a.end, b.end);
      const to = Math.max(a.start, b.start);
      if (to - from > 30 || stopBetween(text, from, to)) continue;
      gathering.addPair(pairings[i]!, pairings[j]!, Math.min(a.start, b.start), Math.max(a.end, b.end));
    }
  }
}

function stopBetween(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (text.charCodeAt(i) === 0x3002) return true;
  return false;
}

const PERSON = /^(?:家族|他人|自分|恋人|ひとり親|子どもの人|老いた人)/u;
const PARTICLE = /(?:さん|ちゃん|くん|たち)?(が|は|も|を|に|の|と|から|って|で|へ|、)/uy;
/** The person that a group of the dictionary is about, by its name; null for none. */
const persons = new Map<string, string | null>();

/** Who is named, and in which part of the sentence: 「夫が」「母を」「隣の」. */
function addPerson(gathering: Gathering, { group, number, start, end }: GroupHit, text: string): void {
  if (number < 0) return;
  let person = persons.get(group);
  if (person === undefined) {
    person = PERSON.exec(group)?.[0] ?? null;
    persons.set(group, person);
  }
  if (person === null) return;
  PARTICLE.lastIndex = end;
  const particle = PARTICLE.exec(text)?.[1] ?? '–';
  gathering.add(KIND.group, '人', person, start, end);
  gathering.add(KIND.group, '人', person + particle, start, end);
  gathering.add(KIND.groups, '人', group + particle, start, end);
  if (start <= 2) gathering.add(KIND.group, '人', `${person} 文頭`, start, end);
}

/** The reading of the text at hand, and where each kana stands in it. */
const KANA = new Uint16Array(MAX_GRAM_TEXT);
const PLACES = new Int32Array(MAX_GRAM_TEXT);

function addReading(gathering: Gathering, tokens: readonly Token[]): void {
  let length = 0;
  for (const { start, end, reading } of tokens) {
    const kana = gathering.inNegated(start, end) ? '。' : reading;
    const last = end - start - 1;
    for (let i = 0; i < kana.length && length < MAX_GRAM_TEXT; i++) {
      KANA[length] = kana.charCodeAt(i);
      PLACES[length++] = start + Math.min(i, last);
    }
  }
  gathering.addReading(KANA, length, PLACES);
}
