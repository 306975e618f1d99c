/** Words of the console for codes of the contracts, and times as people say them. */

import type { Municipality } from '#contracts/municipality.ts';
import type { Booking, Ticket, TicketState } from '#contracts/ticket.ts';
import { slotLabel } from '#engine/japan-time.ts';

export const STATE_NAMES: Record<TicketState, string> = {
  new: '新着',
  accepted: '対応中',
  waiting_resident: '本人の返事待ち',
  waiting_body: '他機関待ち',
  closed: '終結',
};
export const AGE_NAMES: Record<NonNullable<Ticket['ageBand']>, string> = {
  child: '子ども',
  youth: '若者',
  adult: '大人',
  senior: '65歳以上',
  old: '75歳以上',
};
export const CONSENT_NAMES: Record<Ticket['consent'], string> = {
  none: 'まだ確かめていません',
  in_chat: 'この窓口に伝えることに同意',
  listed: '同意した機関があります',
  refused: '同意しないとのこと',
  withdrawn: '同意を取り消しました',
};
export const CONSENT_STATES = { given: '同意', refused: '同意しない', withdrawn: '取り消し' } as const;
export const BOOKING_NAMES: Record<Booking['state'], string> = {
  booked: '予約',
  moved: '予約（変更済み）',
  cancelled: '取り消し',
  met: '面談した',
  missed: '会えなかった',
};
export const DEADLINE_NAMES = {
  eviction: '立ち退き',
  cut_off: '電気・ガス・水道の停止',
  no_food: '食べるものがない',
  other: '期限',
} as const;
export const ROLE_IN_HOME = {
  cared_for: '介護を受けている',
  carer: '世話をしている',
  child: '子ども',
  ill: '病気・障がい',
} as const;
export const RESULT_NAMES = {
  met: '会えた',
  not_reached: '会えなかった',
  passed_on: 'ほかへつないだ',
  closed: '終結',
} as const;
export const BASIS_NAMES = {
  same_body: '同じ機関の中',
  consent: '本人の同意',
  danger: 'いのちの危険',
  back: 'つなぎ戻し',
} as const;

const EVENTS: Record<string, string> = {
  opened: '相談を受け付け',
  updated: '本人が追記',
  wrote: '本人が書き込み',
  crisis: '急ぎの相談と判断',
  asked_to_tell_staff: '本人が「職員に知らせる」を選択',
  crisis_acknowledged: '急ぎを引き受け',
  accepted: '受け付けた',
  assigned: '担当を変更',
  noted: 'メモを追加',
  triage_corrected: '分類を訂正',
  passed_on: 'つなぎ',
  returned: 'つなぎ戻し',
  multi_agency_asked: '支援依頼',
  waiting_resident: '本人の返事待ちに',
  waiting_body: '他機関待ちに',
  result: '結果を記録',
  closed: '終結',
  reopened: '再開',
  booked: '面談を予約',
  booking_moved: '予約を変更',
  booking_cancelled: '予約を取り消し',
  contact_revealed: 'いのちの危険のため、LINEの利用者番号を開いた',
  hours_changed: '受付時間の変更（予約はそのまま）',
  answered: '本人に返事',
  answer_uncertain: '自動のお返事が、本人に届いていないかもしれません',
  answer_said_again: '届いていないかもしれないお返事を、もう一度送りました',
  floor_taken: '職員が話し手に',
  floor_released: '自動応答に戻す',
  withdrawn: '本人が言葉を取り消し',
  erased: '本人の希望で消去',
  consent_recorded: '同意を記録',
  outreach: 'まわりの人からの知らせ',
  meeting_asked: '会議で話し合ってよいか、本人にたずねた',
  meeting_answered: '会議のことで、本人が聞きたいことがある',
  case_joined: 'ケースに入った',
  case_left: 'ケースから外れた',
  handed_back: 'ケースから、つなぎ戻し',
  plan_answered: '本人がプランに返事',
  end_told: '話し合いがひと区切りになったことを、本人に知らせた',
  touch_offered: '様子をたずねてよいか、本人に聞いた',
  touch_begun: '様子をたずね始めた',
  touch_ended: '様子をたずねるのを終えた',
  touch_answered: '「その後いかがですか」に返事',
  same_home: '同じ世帯についての知らせとして結んだ',
  same_home_left: '同じ世帯の知らせから外した',
  place_asked: '紹介した場所のことを、本人にたずねた',
  place_day: '場所のことをたずねる日を決めた',
  place_answered: '紹介した場所のことに返事',
};
export const eventName = (what: string): string => EVENTS[what] ?? '更新';

const REFUSALS: Record<string, string> = {
  wrong_state: 'いまの状態では、この操作はできません。',
  unknown_window: '窓口を選んでください。',
  same_window: 'いまと同じ窓口です。ほかの窓口を選んでください。',
  reason_missing: '理由を書いてください。つなぎ先の人が、同じことを聞かずにすみます。',
  not_in_danger: 'いのちの危険を理由につなげるのは、急ぎの相談を、その担当窓口へつなぐときだけです。',
  not_passed: 'つながれてきた相談ではないので、つなぎ戻しはできません。',
  desk_not_agreed:
    '支援依頼は、本人に説明して、納得してもらってからです。不安なときは、先に話してみることや、いっしょに行くことを伝えてください。返事は「同意を記録する」で残せます。',
  text_missing: '内容を書いてください。',
  no_booking: '取り消せる予約がありません。',
  slot_taken: 'その時間は埋まってしまいました。ほかの時間を選んでください。',
  booking_stands: 'これからの予約が残っています。先に予約を取り消すか、面談のあとで終結してください。',
  consent_none: '本人の同意をまだ確かめていないので、ほかの機関へはつなげません。本人に確かめてから記録してください。',
  consent_refused: '本人が同意していないので、ほかの機関へはつなげません。',
  consent_withdrawn: '本人が同意を取り消したので、ほかの機関へはつなげません。',
  consent_not_to_this_body: '本人が同意したのは別の機関です。この機関へ伝えてよいか、本人に確かめてください。',
  no_ticket: '相談が見つかりません。',
  no_contact: 'この人の連絡先は、もう残っていません。',
  blocked: 'この人には届きません（ブロックされたか、データを消しています）。',
  empty: '返事を書いてください。',
  too_long: '返事は2,000文字までです。',
  floor_taken: 'いま、ほかの職員がこの人とやりとりしています。',
};
export const refusal = (why: string): string => REFUSALS[why] ?? 'この操作はできませんでした。';

export const windowName = (city: Municipality, id: string): string =>
  city.windows.find((window) => window.id === id)?.name ?? id;
export const districtName = (city: Municipality, id: string | null): string =>
  id === null ? '—' : (city.districts.find((district) => district.id === id)?.name ?? '—');
export const nameOf = (names: ReadonlyMap<string, string>, id: string | null): string => {
  if (id === null) return '—';
  if (id === 'resident') return '本人';
  if (id === 'system') return '自動';
  if (id === 'operator') return 'システム運用者';
  return names.get(id) ?? '（いない職員）';
};

/** → `11/24(火) 10:05`. */
export const when = slotLabel;
/** → `3分前`, `2時間前`, `5日前`. */
export function ago(ms: number, now: number): string {
  const minutes = Math.max(0, Math.floor((now - ms) / 60_000));
  if (minutes < 1) return 'たった今';
  if (minutes < 60) return `${minutes}分前`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)}時間前`;
  return `${Math.floor(minutes / 1440)}日前`;
}
