/** Who may do what: role × action, as data. A person with several roles may do what any of them may. */
import { ROLES, type Role } from '#contracts/staff.ts';

export const ACTIONS = {
  'ticket.see': '担当窓口の相談を見る',
  'ticket.see_all': 'すべての窓口の相談を見る',
  'ticket.open': '相談の言葉を開く',
  'ticket.act': '受け付ける・つなぐ・記録する',
  'ticket.export': '書き出す・印刷する',
  'contact.reveal': 'いのちの危険のとき、自分の窓口の相談の連絡先番号を開く',
  'talk.answer': '相談した人に返事をする',
  'crisis.acknowledge': '急ぎの相談を引き受ける',
  'template.edit': '文例を直す',
  'calendar.see': '予約カレンダーを見る',
  'calendar.edit': '受付時間・相談会を決める',
  'resource.see': '場所の一覧（社会資源）を見る',
  'resource.edit': '場所の一覧（社会資源）を入れかえる',
  'figures.see': '集計を見る',
  'work_list.see': 'わからなかった言葉の一覧を見る',
  'staff.manage': '職員を管理する',
  'alert.manage': '知らせ先・当番を決める',
  'audit.see': '操作の記録を見る',
  'case.see': '多機関協働のケース・会議を見る',
  'case.act': 'ケース・プラン・会議を進める',
  'closed.see': '名簿に入っている支援会議の記録を見る',
  'community.see': '地域課題と目標を見る',
  'community.edit': '地域課題とできごとを記録する',
} as const;
export type Action = keyof typeof ACTIONS;

const CASEWORK = [
  'ticket.see',
  'ticket.open',
  'ticket.act',
  'ticket.export',
  'talk.answer',
  'crisis.acknowledge',
  'template.edit',
  'calendar.see',
  'figures.see',
  'case.see',
  'case.act',
  'closed.see',
  'community.see',
  'community.edit',
  'resource.see',
] as const;

export const PERMISSIONS: Readonly<Record<Role, readonly Action[]>> = {
  counsellor: CASEWORK,
  coordinator: [...CASEWORK, 'ticket.see_all', 'calendar.edit', 'alert.manage', 'resource.edit'],
  editor: ['work_list.see', 'template.edit', 'figures.see', 'resource.see', 'resource.edit'],
  // No tickets by itself: what it may reveal, it must also see as a counsellor.
  administrator: [
    'staff.manage',
    'contact.reveal',
    'calendar.see',
    'calendar.edit',
    'alert.manage',
    'figures.see',
    'community.see',
  ],
  auditor: ['audit.see'],
};

export const may = (roles: readonly Role[], action: Action): boolean =>
  roles.some((role) => PERMISSIONS[role].includes(action));

/** For the page that explains the roles. */
export const table = (): { action: Action; name: string; roles: Role[] }[] =>
  (Object.keys(ACTIONS) as Action[]).map((action) => ({
    action,
    name: ACTIONS[action],
    roles: ROLES.filter((role) => PERMISSIONS[role].includes(action)),
  }));
