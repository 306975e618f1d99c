/** The files of a new city, as text: what its answers decide, everything else marked as an example to be replaced. Pure. */

/** Who takes in a trouble that stays unclear; the names are those of the five plans that are known. */
export const PATTERNS = {
  general: '総合の窓口（例: 芦屋市、福井市）',
  choice: 'いくつかの窓口のどこでも。その人が選ぶ（例: 小林市）',
  nearest: '話にいちばん近い窓口が、まるごと（例: 生駒市）',
  district: 'お住まいの地域の地域包括支援センターが、どんな分野でも（例: 豊川市）',
} as const;
export type Pattern = keyof typeof PATTERNS;

export interface Plan {
  id: string;
  title: string;
  pattern: Pattern;
  districts: readonly string[];
}

interface Window {
  id: string;
  name: string;
  about: string;
  needs: readonly string[];
  more?: readonly string[];
}

const ROUTING: Record<Pattern, string> = {
  general: '',
  choice: 'routing: { unclear: choice }\n',
  nearest: 'routing: { unclear: nearest }\n',
  district: 'routing: { unclear: district, lead: all }\n',
};

export function municipalityFile(plan: Plan): string {
  const { id, title, pattern, districts } = plan;
  const areas = districts.map((name, index) => `  - { id: ${areaId(index)}, name: ${quoted(name)} }\n`).join('');
  return `# yaml-language-server: $schema=../schema/municipality.schema.json
# ${title}。tsunagi new-city が作った見本です。窓口の名前、説明、受けもつ困りごとを、市の計画に合わせて直してください。
# demo: true は見本の値、書いていないもの（電話番号、場所）は空欄です。
# 本番で使う前に \`npx tsunagi check ${id} --production\` が、見本と空欄をすべて知らせます。
id: ${id}
name: ${quoted(title)}
account: ${quoted(`${title} つなぎ窓口`)}
mode: talk
flow: first-contact
${ROUTING[pattern]}${areas === '' ? '' : `districtQuestion: お住まい（または、ご本人のお住まい）は、どのあたりですか。\ndistricts:\n${areas}`}
consent:
  version: '1'
  purpose: 相談を受けて、必要な手助けを一緒に考えるため
  wording: |
    ここまでのお話を、{窓口}の職員に伝えてもよいですか。

    目的: {目的}
    それ以外の人や所には、あなたの許しなしに伝えません（いのちに危険があるときだけは別です）。
    断っても大丈夫です。あとから取り消せます。

calendar:
  nationalHolidays: true
  closures: [12-29/01-03]

windows:
${windowsOf(plan)
  .map((window, index) => windowText(window, index === 0))
  .join('')}
resources: []

# 多機関協働の会議。曜日・時間・顔ぶれは、市の計画にあるとおりに書いてください（書き方の見本: flows/fukui/municipality.yaml）。
meetings:
  - id: juso
    name: 重層的支援会議
    hears: consented
    about: 本人の同意を得て、役割と計画を話し合います（社会福祉法106条の4）。
    onCall: true
    guests: true
  - id: shien
    name: 支援会議
    hears: closed
    about: 本人の同意がまだないときに、だれが見守るかを決めます（社会福祉法106条の6）。
    onCall: true
`;
}

function windowsOf({ pattern, districts }: Plan): Window[] {
  const all = pattern === 'general' ? [] : ['receivesAll: true'];
  const whole = pattern === 'general' ? '' : 'どんな困りごとも、まるごとお聞きします。';
  const special = pattern === 'choice' || pattern === 'nearest' ? all : [];
  const alarm = 'crisis: [suicide, violence, medical]';
  const money: Window = {
    id: pattern === 'general' ? 'sogo' : 'konkyu',
    name: pattern === 'general' ? '総合相談窓口' : '生活困窮の相談窓口',
    about:
      pattern === 'general'
        ? '福祉のことなら、どんな困りごとでもまとめてうかがいます。'
        : `お金や仕事、住まいのことをうかがいます。${whole}`,
    needs: [
      'livelihood',
      'housing',
      ...(pattern === 'general' ? ['isolation', 'mental', 'rights', 'participation', 'abuse'] : []),
    ],
    more: [
      ...(pattern === 'general' || pattern === 'district' ? ['default: true'] : special),
      'roles: [multi_agency, outreach, participation]',
      alarm,
    ],
  };
  const areas = districts.length === 0 ? [null] : districts.map((name, index) => ({ name, id: areaId(index) }));
  const care = areas.map(
    (area): Window => ({
      id: area === null ? 'hokatsu' : `hokatsu-${area.id}`,
      name: `${area?.name ?? ''}地域包括支援センター`,
      about: `年を重ねた方の暮らしや介護のことをうかがいます。${whole}`,
      needs: ['elderly'],
      more: [...(area === null ? [] : [`districts: [${area.id}]`]), ...all],
    }),
  );
  return [
    money,
    ...care,
    {
      id: 'kikan',
      name: '基幹相談支援センター',
      about: `障がいのある方の暮らしのことをうかがいます。手帳や診断がなくても大丈夫です。${special.length > 0 ? whole : ''}`,
      needs: ['disability'],
      more: special,
    },
    {
      id: 'kodomo',
      name: 'こども家庭センター',
      about: `妊娠から子育てまで、責めずにうかがいます。${special.length > 0 ? whole : ''}`,
      needs: ['child', ...(pattern === 'general' ? [] : ['abuse'])],
      more: [...special, 'crisis: [child_abuse]'],
    },
  ];
}

function windowText({ id, name, about, needs, more = [] }: Window, first: boolean): string {
  const hours = first
    ? `    hours: &hours
      demo: true
      weekly:
${['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => `        ${day}: ['09:00-12:00', '13:00-17:00']\n`).join('')}`
    : '    hours: *hours\n';
  return `  - id: ${id}
    name: ${quoted(name)}
    about: ${about}
    needs: [${needs.join(', ')}]
${more.map((line) => `    ${line}\n`).join('')}    ways: [visit, phone]
${hours}    booking: { minutes: 60, capacity: 1, noticeHours: 18, daysAhead: 21 }
`;
}

/** A first test for the city: the sentence with which everybody must end at a window. */
export function whereTalkFile({ id, title, pattern, districts }: Plan): string {
  const asked = (pattern === 'choice' || pattern === 'district') && districts.length > 1;
  return `# yaml-language-server: $schema=../../schema/talk.schema.json
talk: どこに相談していいかわからない。質問のあと、窓口へ
city: ${id}
triage:
  - { if: どこに相談, scope: unclear }
steps:
  - follows: true
    hears: [${quoted(title)}, 名前も住所もいりません, 110番か119番]
  - says: どこに相談していいかわからない
  - taps: どれでもない
  - taps: どれでもない
${asked ? '    hears: どのあたり\n  - taps: わからない\n' : ''}  - taps: 窓口に行って相談
  - taps: いまは予約しない
  - taps: はい、伝えてください
    hears: 職員に見える内容
  - taps: この内容で届ける
    hears: 届きました
ticket: { booked: false, consent: in_chat }
`;
}

const areaId = (index: number): string => `area-${index + 1}`;
/** Any name is safe in YAML in double quotes. */
const quoted = (text: string): string => JSON.stringify(text);
