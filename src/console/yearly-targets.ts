/** What a city's plan wants to reach in a year, from the published plans. Where the tickets cannot tell, staff write the number. */
import type { Ticket } from '#contracts/ticket.ts';

export interface YearlyTarget {
  id: string;
  name: string;
  target: number;
  unit: string;
  /** Counts a ticket of the year; absent = staff write it. */
  counts?: (ticket: Ticket) => boolean;
}

/** 芦屋市 重層的支援体制整備事業実施計画（令和4〜8年度、令和6年改定）. */
export const YEARLY_TARGETS: Readonly<Record<string, readonly YearlyTarget[]>> = {
  ashiya: [
    { id: 'activity', name: '活動につながった人', target: 5, unit: '人' },
    { id: 'partners', name: '協力する会社・団体', target: 5, unit: '団体' },
    { id: 'places', name: '新しく考えた場', target: 1, unit: 'か所' },
    { id: 'isolated', name: '居場所につながった孤立していた人', target: 5, unit: '人' },
    { id: 'guardian', name: '受任した後見', target: 10, unit: '件' },
    { id: 'reviews', name: '多機関での事例検討', target: 6, unit: '回' },
    {
      id: 'joint',
      name: '多機関で取り組んだ事例',
      target: 6,
      unit: '件',
      counts: (ticket) => Boolean(ticket.multiAgency),
    },
    {
      id: 'livelihood',
      name: '困窮の相談（本人・関係機関から）',
      target: 10,
      unit: '件',
      counts: (ticket) => ticket.needs.some(({ need }) => need === 'livelihood'),
    },
    { id: 'first-contact', name: '最初につながる事業の利用', target: 10, unit: '人' },
  ],
};
