/** The figures by which triage is judged, from labelled messages and what triage answered. */
import type { Assessment } from '#contracts/assessment.ts';
import type { About, Crisis, Need, Scope } from '#contracts/label-lists.ts';

/** One line of an evaluation file. `ok`: first needs that a careful reader would accept (the needs themselves where absent). */
export interface Labelled {
  readonly id: string;
  readonly text: string;
  readonly needs: readonly Need[];
  readonly ok?: readonly Need[];
  readonly scope: Scope;
  readonly about: About;
  readonly crisis: Crisis;
}

export interface Answered {
  readonly message: Labelled;
  readonly answer: Assessment;
}

/** A share with its parts, so that a small sample shows as one. */
export interface Figure {
  readonly name: FigureName;
  readonly hit: number;
  readonly of: number;
}

export const FIGURES = {
  crisisRecall: '危機を見つけた割合',
  crisisFalse: '危機でないのに危機とした割合',
  suicideRecall: '自殺に関わるものを見つけた割合',
  top1: '1番目のニーズが正しい',
  top3: '3番目までに正しいニーズがある',
  confidentRight: '自信があって正しい',
  misrouted: '自信があるのに間違い（自信があるもののうち）',
  compound: '複合のうち2つ以上見つけた',
  unclearKept: '「まだわからない」をそのまま受けた',
  otherKept: '「福祉以外」を自信をもって取り違えなかった',
  about: 'だれのことか',
} as const;
export type FigureName = keyof typeof FIGURES;

const FIGURE_OF: Record<FigureName, (a: Answered) => boolean | undefined> = {
  crisisRecall: ({ message, answer }) => (message.crisis === 'none' ? undefined : answer.crisis !== 'none'),
  crisisFalse: ({ message, answer }) => (message.crisis === 'none' ? answer.crisis !== 'none' : undefined),
  suicideRecall: ({ message, answer }) => (message.crisis === 'suicide' ? answer.crisis !== 'none' : undefined),
  top1: (a) => (isPlainNeed(a) ? firstRight(a) : undefined),
  top3: (a) =>
    isPlainNeed(a) ? a.answer.needs.slice(0, 3).some(({ need }) => accepted(a.message).includes(need)) : undefined,
  confidentRight: (a) => (isPlainNeed(a) ? a.answer.confident && firstRight(a) : undefined),
  misrouted: (a) => (a.answer.confident && a.answer.crisis === 'none' ? !firstRight(a) : undefined),
  compound: ({ message, answer }) =>
    message.needs.length < 2
      ? undefined
      : answer.needs.slice(0, 3).filter(({ need }) => message.needs.includes(need)).length >= 2,
  unclearKept: ({ message, answer }) => (message.scope === 'unclear' ? answer.scope === 'unclear' : undefined),
  otherKept: ({ message, answer }) =>
    message.scope === 'other' ? answer.crisis === 'none' && !(answer.scope === 'need' && answer.confident) : undefined,
  about: ({ message, answer }) => answer.about === message.about,
};

/** All figures, in the order of FIGURES. */
export function evaluate(answered: readonly Answered[]): Figure[] {
  return (Object.keys(FIGURES) as FigureName[]).map((name) => {
    const counted = answered.map(FIGURE_OF[name]).filter((x) => x !== undefined);
    return { name, hit: counted.filter(Boolean).length, of: counted.length };
  });
}

/** Rows: the first need (or scope) a message has; columns: the one answered. */
export function confusion(answered: readonly Answered[]): Map<string, Map<string, number>> {
  const table = new Map<string, Map<string, number>>();
  for (const a of answered) {
    const is = a.message.needs[0] ?? a.message.scope;
    const said = a.answer.needs[0]?.need ?? a.answer.scope;
    const row = table.get(is) ?? new Map<string, number>();
    row.set(said, (row.get(said) ?? 0) + 1);
    table.set(is, row);
  }
  return table;
}

/** What is wrong with an answer, in the names of the labels; empty when nothing is. */
export function faults(a: Answered): string[] {
  const { message, answer } = a;
  const wrong: string[] = [];
  if ((message.crisis === 'none') !== (answer.crisis === 'none'))
    wrong.push(`crisis ${message.crisis}→${answer.crisis}`);
  if (message.scope !== answer.scope) wrong.push(`scope ${message.scope}→${answer.scope}`);
  else if (isPlainNeed(a) && !firstRight(a))
    wrong.push(`need ${message.needs.join(',')}→${answer.needs.map((n) => n.need).join(',')}`);
  if (message.about !== answer.about) wrong.push(`about ${message.about}→${answer.about}`);
  return wrong;
}

/** Styles a message belongs to, for figures by style. */
export function stylesOf({ text }: Labelled): string[] {
  const length = text.length < 15 ? '短い（15字未満）' : text.length < 60 ? '中くらい' : '長い（60字以上）';
  const dialect =
    /へん|やねん|しとる|ちょる|やざ|だら|だもんで|じゃけ|とよ|やけん|ばい|がの|のぉ|だに|おらん|しよる|とる|やろ/u.test(
      text,
    );
  const kana = !/\p{Script=Han}/u.test(text);
  const topic =
    /介護|認知症|障害|障がい|手帳|保育|子育て|不登校|借金|生活保護|失業|家賃|立ち退き|引きこもり|ひきこもり|うつ|依存|虐待|暴力|DV|死にたい|自殺|後見|相続|詐欺|ボランティア|居場所/iu.test(
      text,
    );
  return [
    length,
    ...(dialect ? ['方言'] : []),
    ...(kana ? ['漢字なし'] : []),
    topic ? '話題のことばあり' : '話題のことばなし',
  ];
}

function isPlainNeed({ message }: Answered): boolean {
  return message.scope === 'need' && message.crisis === 'none';
}

function accepted(message: Labelled): readonly Need[] {
  return message.ok ?? message.needs;
}

function firstRight({ message, answer }: Answered): boolean {
  const first = answer.needs[0]?.need;
  return first !== undefined && accepted(message).includes(first);
}
