/**
 * The two papers as data, so that a ticket fills them without retyping: つなぐシート (岡山市, 座間市: consent first) and
 * 相談受付・申込票 (standard form of the 自立相談支援機関: 16 kinds of trouble, ○ any, ◎ the most pressing). A column is a
 * header and what stands under it; print views, CSV and XLSX are made of these.
 */
import { ABOUT_NAMES, CONCERN_NAMES, CONCERNS, type Concern, NEED_NAMES } from '#contracts/labels.ts';
import type { Municipality } from '#contracts/municipality.ts';
import { type Heard, WAY_NAMES } from '#contracts/session.ts';
import type { Ticket } from '#contracts/ticket.ts';
import { dayOf, slotSentence, timeLabel } from '#engine/japan-time.ts';

export interface FormColumn {
  /** Stable, for programs. */
  readonly id: string;
  /** As on the paper. */
  readonly header: string;
  readonly group: string;
  value(ticket: Ticket, municipality: Municipality): string;
}

export type Form = 'tsunagu-sheet' | 'intake';

const WITHDRAWN = '（本人が取り消しました）';
const AGE_BANDS = { child: '子ども', youth: '若者', adult: '大人', senior: '65歳以上', old: '75歳以上' } as const;
const CONSENTS: Record<Ticket['consent'], string> = {
  none: '確認していない',
  in_chat: 'この窓口への提供に同意',
  listed: '同意した機関あり',
  refused: '同意しない',
  withdrawn: '同意を取り消し',
};
const CONSENT_STATES = { given: '同意', refused: '同意しない', withdrawn: '取り消し' } as const;
const DEADLINES = {
  eviction: '立ち退き',
  cut_off: '電気・ガス・水道などの停止',
  no_food: '食べるものがない',
  other: '期限',
} as const;
const ROLES = { cared_for: '介護を受けている', carer: '世話をしている', child: '子ども', ill: '病気・障がい' } as const;
const RESULTS = {
  met: '面談した',
  not_reached: '会えなかった',
  passed_on: 'ほかの機関へつないだ',
  closed: '終結',
} as const;

const column = (group: string, id: string, header: string, value: FormColumn['value']): FormColumn => ({
  id,
  header,
  group,
  value,
});

const windowName = (municipality: Municipality, id: string): string =>
  municipality.windows.find((window) => window.id === id)?.name ?? id;
const said = (heard: readonly Heard[]): string => heard.map(({ text }) => text ?? WITHDRAWN).join('\n');
const saidOne = (heard: Heard | null): string => (heard === null ? '' : said([heard]));
const moment = (ms: number): string => `${dayOf(ms)} ${timeLabel(ms)}`;

const RECEIPT: FormColumn[] = [
  column('受付', 'receipt', '受付番号', (t) => t.receipt),
  column('受付', 'received_at', '受付日時', (t) => moment(t.createdAt)),
  column('受付', 'channel', '受付方法', (t) => (t.channel === 'line' ? 'LINE' : '市のページ')),
  column('受付', 'out_of_hours', '受付時間外', (t) => (t.outOfHours ? '○' : '')),
  column('受付', 'window', '担当窓口', (t, m) => windowName(m, t.window)),
];
const PERSON: FormColumn[] = [
  column('来談者', 'speaker', '相談者', (t) => ABOUT_NAMES[t.speaker]),
  column('来談者', 'nickname', '呼び名', (t) => saidOne(t.nickname)),
  column('来談者', 'name', '氏名', (t) => saidOne(t.name)),
  column('来談者', 'phone', '電話番号', (t) => saidOne(t.phone)),
  column('来談者', 'area', '圏域', (t, m) => m.districts.find((d) => d.id === t.district)?.name ?? ''),
  column('来談者', 'age_band', '年代', (t) => (t.ageBand === null ? '' : AGE_BANDS[t.ageBand])),
  column('来談者', 'way', '希望する方法', (t) => (t.way === null ? '' : WAY_NAMES[t.way])),
  column('来談者', 'safe_hours', '連絡してよい時間', (t) => saidOne(t.safeHours)),
];
const HOUSEHOLD: FormColumn[] = [
  column('世帯', 'household', '世帯の状況', (t) => said(t.household)),
  column('世帯', 'members', '世帯員', (t) =>
    (t.members ?? [])
      .map(({ relation, roles }) =>
        roles.length === 0 ? relation : `${relation}（${roles.map((r) => ROLES[r]).join('、')}）`,
      )
      .join('、'),
  ),
];
const WORDS: FormColumn[] = [
  column('相談', 'words', '本人の言葉', (t) => said(t.words)),
  column('相談', 'needs', '困りごとの分野', (t) => t.needs.map(({ need }) => NEED_NAMES[need]).join('、')),
  column('相談', 'urgent', '緊急', (t) => (t.urgent ? '○' : '')),
  column('相談', 'deadlines', '期限・切迫', (t) =>
    t.deadlines.map(({ what, words }) => `${DEADLINES[what]}：${words ?? WITHDRAWN}`).join('\n'),
  ),
  column('相談', 'consideration', '配慮してほしいこと', (t) => said(t.consideration)),
];
const CONSENT: FormColumn[] = [
  column('同意', 'consent', '情報共有の同意', (t) => CONSENTS[t.consent]),
  column('同意', 'consents', '提供先ごとの同意', (t, m) =>
    t.consents
      .map(
        (c) =>
          `${windowName(m, c.recipient)}：${CONSENT_STATES[c.state]}（${dayOf(c.at)}、${c.purpose}、第${c.version}版）`,
      )
      .join('\n'),
  ),
];
const BOOKING: FormColumn[] = [
  column('面談', 'booking', '面談の予約', (t) =>
    t.booking === null || t.booking.state === 'cancelled' ? '' : slotSentence(t.booking.slot),
  ),
  column('面談', 'booking_way', '面談の方法', (t) =>
    t.booking === null || t.booking.state === 'cancelled' ? '' : WAY_NAMES[t.booking.slot.way],
  ),
];
const WAY_TAKEN: FormColumn[] = [
  column('つなぎ', 'offered', '案内した窓口', (t, m) => t.offered.map((id) => windowName(m, id)).join('、')),
  column('つなぎ', 'refused', '選ばなかった窓口', (t, m) => t.refused.map((id) => windowName(m, id)).join('、')),
  column('つなぎ', 'passed_to', 'つなぎ先', (t, m) => {
    const last = t.passes?.at(-1);
    return last === undefined ? '' : windowName(m, last.to);
  }),
  column('つなぎ', 'pass_reason', 'つなぐ理由', (t) => t.passes?.at(-1)?.reason ?? ''),
  column('つなぎ', 'result', '結果', (t) => (t.result === null ? '' : RESULTS[t.result.result])),
];

/** One column a kind, ○ or ◎ under it. */
const kinds = (concerns: readonly Concern[]): FormColumn[] =>
  concerns.map((concern) =>
    column('困りごと', `concern_${concern}`, CONCERN_NAMES[concern], (t) => {
      const marked = t.concerns.find((entry) => entry.concern === concern);
      return marked === undefined ? '' : marked.most ? '◎' : '○';
    }),
  );

/** 権利擁護 is a kind of the つなぐシート; the standard intake form has sixteen. */
export const STANDARD_CONCERNS: readonly Concern[] = CONCERNS.filter((concern) => concern !== 'advocacy');

export const FORMS: Readonly<Record<Form, readonly FormColumn[]>> = {
  'tsunagu-sheet': [
    ...CONSENT,
    ...RECEIPT,
    ...PERSON,
    ...HOUSEHOLD,
    ...kinds(CONCERNS),
    ...WORDS,
    ...WAY_TAKEN,
    ...BOOKING,
  ],
  intake: [...RECEIPT, ...PERSON, ...kinds(STANDARD_CONCERNS), ...WORDS, ...HOUSEHOLD, ...BOOKING, ...CONSENT],
};

/** @returns headers, then one row a ticket; hand in masked tickets where words must not show. */
export function formRows(form: Form, tickets: readonly Ticket[], municipality: Municipality): string[][] {
  const columns = FORMS[form];
  return [
    columns.map((one) => one.header),
    ...tickets.map((ticket) => columns.map((one) => one.value(ticket, municipality))),
  ];
}
