/**
 * The labels that dictionaries, flows, tickets and evaluations share.
 * Their definitions for people stand in docs/labels.md; the order here is the order in which equal scores are listed.
 */
export const NEEDS = [
  'elderly',
  'disability',
  'child',
  'livelihood',
  'housing',
  'isolation',
  'mental',
  'abuse',
  'rights',
  'participation',
] as const;
export type Need = (typeof NEEDS)[number];

export const SCOPES = ['need', 'unclear', 'other'] as const;
export type Scope = (typeof SCOPES)[number];

export const ABOUTS = ['self', 'family', 'other', 'unknown'] as const;
export type About = (typeof ABOUTS)[number];

export const CRISES = ['suicide', 'violence', 'child_abuse', 'medical', 'none'] as const;
export type Crisis = (typeof CRISES)[number];

/** The 16 kinds of trouble of 相談受付・申込票 (standard form of the 自立相談支援機関), and 権利擁護 of the つなぐシート. */
export const CONCERNS = [
  'health', // 病気や健康、障害
  'housing', // 住まい
  'income', // 収入・生活費
  'rent', // 家賃やローンの支払い
  'public_dues', // 税金や公共料金等の支払い
  'debt', // 債務
  'job_search', // 仕事探し、就職
  'work_trouble', // 仕事上の不安やトラブル
  'community', // 地域との関係
  'family', // 家族との関係
  'childcare', // 子育て
  'care', // 介護
  'withdrawal', // ひきこもり・不登校
  'violence', // DV・虐待
  'food', // 食べるものがない
  'other', // その他
  'advocacy', // 権利擁護 (つなぐシート)
] as const;
export type Concern = (typeof CONCERNS)[number];

export const NEED_NAMES: Record<Need, string> = {
  elderly: '高齢・介護',
  disability: '障がい',
  child: '子ども・子育て',
  livelihood: '生活・お金・仕事',
  housing: '住まい',
  isolation: 'ひきこもり・孤立',
  mental: 'こころ・依存',
  abuse: '虐待・暴力',
  rights: '権利を守る',
  participation: '居場所・参加',
};

export const CONCERN_NAMES: Record<Concern, string> = {
  health: '病気や健康、障害',
  housing: '住まい',
  income: '収入・生活費',
  rent: '家賃やローンの支払い',
  public_dues: '税金や公共料金等の支払い',
  debt: '債務',
  job_search: '仕事探し、就職',
  work_trouble: '仕事上の不安やトラブル',
  community: '地域との関係',
  family: '家族との関係',
  childcare: '子育て',
  care: '介護',
  withdrawal: 'ひきこもり・不登校',
  violence: 'DV・虐待',
  food: '食べるものがない',
  other: 'その他',
  advocacy: '権利擁護',
};

export const CRISIS_NAMES: Record<Crisis, string> = {
  suicide: '命に関わる気持ち',
  violence: '暴力',
  child_abuse: '子どもの安全',
  medical: 'からだの危険',
  none: 'なし',
};

export const ABOUT_NAMES: Record<About, string> = {
  self: '本人',
  family: '家族',
  other: 'その他の人',
  unknown: '不明',
};
