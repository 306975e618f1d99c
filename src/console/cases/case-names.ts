/** What the pages of cases call things, and why something is refused, said so that one knows what to do. */
import type {
  AGREEMENTS,
  CaseState,
  ItemSource,
  PURPOSES,
  REVIEW_RESULTS,
  TouchAnswer,
  Urgency,
} from '#contracts/case.ts';

export const CASE_STATE_NAMES: Record<CaseState, string> = {
  asked: '依頼を受けた',
  open: '調整中',
  running: '支援中',
  paused: '止めています（同意の取り消し）',
  ended: '終結',
  declined: '窓口へ戻した',
};
export const URGENCY_NAMES: Record<Urgency, string> = { regular: '定例', urgent: '急ぎ' };
export const PURPOSE_NAMES: Record<(typeof PURPOSES)[number], string> = {
  screening: '見立て（スクリーニング）',
  plan: '役割とプラン',
  review: 'モニタリング',
  evaluation: '終わりの評価',
  share: '共有',
};
export const AGREEMENT_NAMES: Record<(typeof AGREEMENTS)[number], string> = {
  not_asked: 'まだたずねていません',
  asked: 'たずねて、返事を待っています',
  agreed: 'この案でよいとのこと',
  question: '聞きたいことがあるとのこと',
  refused: 'この案はやめたいとのこと',
};
export const REVIEW_NAMES: Record<(typeof REVIEW_RESULTS)[number], string> = {
  as_planned: 'このまま続ける',
  change: 'プランを直す',
  to_meeting: '会議にかける',
  end: '終わりを考える',
};
export const ACHIEVED_NAMES = { yes: '達成した', partly: '一部達成した', no: '達成していない' } as const;
export const SOURCE_NAMES: Record<ItemSource, string> = {
  own_words: '本人の言葉',
  observed: '職員が見たこと',
  agency: 'ほかの機関が知っていること',
  report: 'まわりの人からの知らせ',
  other_person: '家族など、ほかの人のこと',
  judgement: '会議の見立て',
};
export const WITHOUT_NAMES = {
  not_asked: 'まだ、たずねていない',
  refused: '本人が断った',
  withdrawn: '本人が取り消した',
  cannot: '本人が答えられる状態にない',
  not_known_to_person: '本人に会えていない（まわりからの知らせ）',
} as const;
export const HOW_NAMES = { line: 'LINEで', phone: '電話で', visit: '会って', paper: '書面で' } as const;
export const TOUCH_NAMES: Record<TouchAnswer, string> = {
  fine: 'だいじょうぶ',
  same: 'あまり変わらない',
  talk: '話したい',
  words: '言葉で返事',
  stop: 'もう聞かないで',
};
export const TOUCH_STATES = {
  asked: 'たずねてよいか、返事を待っています',
  on: 'つづいています',
  declined: '本人が断りました',
  stopped: '本人が止めました',
  ended: '終わりました',
} as const;

const EVENTS: Record<string, string> = {
  opened: 'ケースをひらいた',
  take: '受け止めた',
  decline: '窓口へ戻した',
  setLead: '主担当を変えた',
  setCoordinator: '担当者を変えた',
  setUrgency: '急ぎかどうかを変えた',
  addPart: '役割を足した',
  endPart: '役割を終えた',
  addTicket: '相談を加えた',
  removeTicket: '相談を外した',
  decide: '決めごとを書いた',
  settle: '決めごとに印をつけた',
  changePlan: 'プランを書いた',
  askAgreement: '本人にプランを送った',
  recordAgreement: '本人の返事',
  start: '支援をはじめた',
  review: 'モニタリング',
  note: 'メモ',
  pause: '止めた',
  resume: '再開した',
  end: '終結・つなぎ戻し',
  reopen: '再びひらいた',
  planned: '予定に入れた',
  moved: '日時を変えた',
  person: '出席する人を直した',
  person_removed: '出席する人を外した',
  on_agenda: '議題に入れた',
  off_agenda: '議題から外した',
  guest: '招いた',
  invited: '招待・変更をメールで送った',
  minutes: '記録を書いた',
  issue: '課題を書いた',
  held: '開いた（出席を残した）',
  cancelled: '取りやめた',
};
export const caseEvent = (what: string): string => EVENTS[what] ?? '更新';

const REFUSALS: Record<string, string> = {
  wrong_state: 'いまの状態では、この操作はできません。',
  text_missing: '内容を書いてください。',
  reason_missing: '理由を書いてください。',
  unknown_window: '窓口を選んでください。',
  unknown_ticket: '相談が見つかりません。受付番号をご確認ください。',
  last_ticket: 'もとになった相談は外せません。',
  in_another_case: 'この相談は、もうほかのケースに入っています。',
  violence_apart: '暴力にかかわる相談は、ほかの人の相談といっしょにできません。被害を受けた人を守るためです。',
  consent_missing: '本人の同意がまだありません。会議にかけてよいか、本人にたずねてください。',
  body_not_agreed:
    '本人が同意した相手の中に、この機関（または会議の構成員）がありません。名前を挙げて、もう一度たずねてください。',
  back_not_agreed: '戻す先の窓口へ伝えることに、本人の同意がありません。',
  no_plan: '先にプランを書いてください。',
  no_goal: '目標を1つは書いてください。',
  no_words: '本人に見せる、やさしい言葉の文を書いてください。',
  not_neutral: '本人に見せる文に、画面に出せない言葉があります（病名・借金・暴力・名前・電話番号など）。',
  old_version: 'プランが書き直されています。新しいプランを見てから記録してください。',
  bad_day: '日付を確かめてください。',
  bad_time: '時間を確かめてください。',
  no_contact: 'この人の連絡先は、もう残っていません。',
  no_ticket: '相談が見つかりません。',
  blocked: 'この人には届きません（ブロックされたか、データを消しています）。',
  push_not_asked:
    '暴力のおそれがある相談です。本人から「LINEで連絡してよい」と聞いていないときは、こちらから送れません。',
  nobody_named: 'だれに伝えるのかを、1つは選んでください。',
  unknown_meeting: '会議が見つかりません。',
  unknown_case: 'ケースを選んでください。',
  unknown_person: '出席する人が見つかりません。',
  guests_not_invited: 'この会議には、ほかの人を招くことになっていません。',
  full: 'この日の時間は、いっぱいです。別の日を選ぶか、随時の会議を開いてください。',
  not_this_meeting: 'このケースは、いまはこの会議にかけるものではありません。',
  twice: 'もう議題に入っています。',
  not_there: '見つかりません。',
  not_open: 'この記録は、もう閉じています。',
  not_acknowledged: '守秘の確認をした人だけができます。',
  already_member: 'もう名簿に入っています。',
  last_member: '最後のひとりは外れられません。先に、ほかの職員を名簿に入れてください。',
  unknown_member: '名簿に見つかりません。',
  not_confirmed: '「税の情報ではありません」に印をつけてください。',
  tax_information:
    '税の仕事で知る情報のようです。支援会議でも、本人の同意なしには持ち込めません。書かずに、本人にたずねてください。',
  tax_office: '税の担当課からの情報は、本人の同意なしには持ち込めません。',
  not_reviewed: '1つずつ、持っていくか残すかを決めてください。残すときは理由も書いてください。',
  not_movable: '同意のあるケースへ持っていけない情報です。',
  not_released: '情報を出した機関の了解が要ります。了解を得たら印をつけてください。',
  bad_rhythm: '間隔（2〜180日）と時刻（9時〜17時）を確かめてください。',
  hours_chosen_missing: '本人が「連絡してよい時間」を書いています。確かめて、印をつけてください。',
  already_on: 'もう、つづいています。',
  said_stop: '本人が断っています。こちらからは、もうたずねません。',
  not_agreed: '本人の同意がありません。',
  reporter:
    'まわりの人からの知らせです。LINEの相手は本人ではないので、本人のことは送れません。会って、または電話で聞いてください。',
  not_a_report: 'まわりの人からの知らせどうしだけを、結べます。',
  same_ticket: '同じ相談です。ほかの受付番号を書いてください。',
  already_joined: 'もう結ばれています。',
  not_joined: '結ばれていません。',
  no_introduction: '場所への紹介の希望がない相談です。',
  asked_enough: 'もう2回おたずねしました。これ以上はたずねません。',
};
export const caseRefusal = (why: string): string => REFUSALS[why] ?? 'この操作はできませんでした。';
