/** Each mistake that staff can make, and the exact sentence they read. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkContent } from '#content/check-content.ts';
import { loadContent } from '#content/load-content.ts';

const NOW = Date.parse('2026-11-24T10:00:00+09:00');
const FLOW = 'ashiya/first-contact.yaml';
const CITY = 'ashiya/municipality.yaml';
const made: string[] = [];
afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true });
});

/** The project's own files with one change. */
function changed(file: string, from: string | null, to: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'tsunagi-content-'));
  made.push(dir);
  cpSync('flows', dir, { recursive: true });
  const path = join(dir, file);
  const before = from === null ? '' : readFileSync(path, 'utf8');
  const after = from === null ? to : before.replace(from, to);
  expect(after, `the fixture finds its place in ${file}`).not.toBe(before);
  writeFileSync(path, after);
  return dir;
}

/** Name, file, what stands there, what staff made of it, the words that are wrong (for the line), sentence, remedy. */
const MISTAKES: [string, string, string, string, string, string, string][] = [
  [
    'a step that does not exist',
    FLOW,
    'next: ご家族\n',
    'next: ご家続\n',
    'next: ご家続',
    '手順「ご家続」がありません。',
    'もしかして「ご家族」ですか。',
  ],
  [
    'an unknown key of a step',
    FLOW,
    '    save: household',
    '    sabe: household',
    'sabe: household',
    '「sabe」という項目は使えません。',
    'もしかして「save」ですか。',
  ],
  [
    'a step without a kind',
    FLOW,
    '    triage: { ask_back: true }',
    '    triag: { ask_back: true }',
    '- step: 読み取る',
    '手順「読み取る」に、何をするかが書かれていません。',
    'もしかして「triage」ですか。',
  ],
  [
    'two kinds in one step',
    FLOW,
    '    triage: { ask_back: true }',
    '    triage: { ask_back: true }\n    say: はい',
    '- step: 読み取る',
    '手順「読み取る」に、することが2つ（say と triage）書かれています。',
    '手順を2つに分けてください。',
  ],
  [
    'an unknown condition',
    FLOW,
    'when: { scope: other }',
    'when: { scop: other }',
    'scop: other',
    '「scop」という項目は使えません。',
    'もしかして「scope」ですか。',
  ],
  [
    'a label longer than LINE takes',
    FLOW,
    'label: うまく言えない\n        go: だれのこと\n        also',
    'label: うまく言えないので少しずつ聞いてもらいたいです\n        go: だれのこと\n        also',
    'label: うまく言えないので',
    'ボタン「うまく言えないので少しずつ聞いてもらいたいです」は23文字あります。LINEのボタンは20文字までです。',
    '3文字けずってください。',
  ],
  [
    'a placeholder that is not filled',
    FLOW,
    '場所: {場所}',
    '場所: {場諸}',
    'say: |\n      よければ',
    '{場諸} は使えません。',
    'もしかして「場所」ですか。',
  ],
  [
    'a step twice',
    FLOW,
    '- step: 聞き直す',
    '- step: 聞く',
    '- step: 聞く\n    ask: どんなことか',
    '手順「聞く」が2つあります。',
    'それぞれちがう名前にしてください。',
  ],
  [
    'an unreachable step',
    FLOW,
    'end: いつでも、また書いてください。待っています。',
    'end: いつでも、また書いてください。待っています。\n  - step: だれも来ない\n    end: true',
    '- step: だれも来ない',
    '手順「だれも来ない」には、どこからもたどり着けません。',
    'どこかの next や go に書くか、要らなければ消してください。',
  ],
  [
    'a talk that ends in nothing',
    FLOW,
    '  - step: またいつでも\n    end: いつでも、また書いてください。待っています。',
    '  - step: またいつでも\n    say: いつでも、また書いてください。',
    '- step: またいつでも',
    '手順「またいつでも」のあとに続きがありません。話が急に終わってしまいます。',
    '下に end: の手順を足すか、next: で行き先を書いてください。',
  ],
  [
    'a round without a question',
    FLOW,
    '  - step: 総合へ\n',
    '  - step: 総合へ\n    next: 伝わらない\n',
    '- step: 伝わらない',
    '「伝わらない」→「総合へ」→「伝わらない」 と、何も聞かないままぐるぐる回ってしまいます。',
    '途中に ask などの、返事を待つ手順を入れてください。',
  ],
  [
    'five buttons',
    FLOW,
    '      - { label: どれでもない, nothing: true }\n',
    '      - { label: どれでもない, nothing: true }\n      - { label: 近所の人 }\n',
    '- { label: 人と話す, go: 人と話す }\n  - step: どんなこと',
    '手順「だれのこと」のボタンが5個あります。多いと選びにくくなります。',
    '4個までにしてください。',
  ],
  [
    'a wrong need',
    CITY,
    'needs: [rights]',
    'needs: [right]',
    'needs: [right]',
    '「needs」の値が使えない言葉です。',
    '使える値: elderly、disability、child',
  ],
  [
    'a district that does not exist',
    CITY,
    'districts: [shiomi]',
    'districts: [siomi]',
    'districts: [siomi]',
    '「潮見地域包括支援センター」の地域「siomi」が districts にありません。',
    'もしかして「shiomi」ですか。',
  ],
  [
    'bookable without hours',
    CITY,
    '    ways: [home, visit, phone, online]\n    hours: *hours\n',
    '    ways: [home, visit, phone, online]\n',
    '- id: csw',
    '「社会福祉協議会（CSW）」は予約できることになっていますが、受付時間（hours）がありません。',
    'hours: を書くか、booking: を消してください。',
  ],
  [
    'hours that cannot be read',
    CITY,
    "['09:00-12:00', '13:00-17:00']",
    "['9時から12時', '13:00-17:00']",
    "'9時から12時'",
    '「mon」の書き方が合っていません。',
    '時間は「09:00-17:00」のように',
  ],
  [
    'an interval that ends before it begins',
    CITY,
    "'13:00-17:00'",
    "'17:00-13:00'",
    "'17:00-13:00'",
    '「総合相談窓口」の時間「17:00-13:00」は、終わりが始まりより前です。',
    '始まりと終わりを入れかえてください。',
  ],
  [
    'a closure that is no date',
    CITY,
    'closures: [12-29/01-03]',
    'closures: [年末年始]',
    'closures: [年末年始]',
    '休みの日「年末年始」を読めません。',
    '「12-29/01-03」（毎年）か「2026-12-29」のように書いてください。',
  ],
  [
    'a first flow that does not exist',
    CITY,
    'flow: first-contact',
    'flow: first-contract',
    'flow: first-contract',
    '最初の流れ「first-contract」がありません。',
    'もしかして「first-contact」ですか。',
  ],
  [
    'consent that does not say to whom',
    CITY,
    '{窓口}の職員',
    '職員',
    'wording: |',
    '同意の文に {窓口} がありません。だれに伝わるのかが、書いた人にわかりません。',
    '文の中に {窓口} を入れてください。',
  ],
  [
    'a missing key',
    CITY,
    'account: あしや つなぎ窓口\n',
    '',
    'id: ashiya',
    '「account」がありません。',
    '「account」を書いてください。',
  ],
  [
    'a tab',
    FLOW,
    '    examples:',
    '\texamples:',
    '\texamples:',
    '行のはじめにタブ文字があります。',
    'タブを消して、半角スペースで字下げしてください。',
  ],
  [
    'a crisis line that is not in the registry',
    'common/crisis.yaml',
    'lines: [yorisoi, inochi-free, inochi-navi]',
    'lines: [yorisoi, inochi-fre, inochi-navi]',
    'lines: [yorisoi, inochi-fre',
    '電話「inochi-fre」は crisis-lines.yaml にありません。',
    'もしかして「inochi-free」ですか。',
  ],
  [
    'a wording nobody uses',
    'common/texts.yaml',
    '  yes: はい、合っています',
    '  yess: はい、合っています',
    'yess:',
    '「confirm.yess」という言いまわしは、どこでも使われていません。',
    'もしかして「confirm.yes」ですか。',
  ],
];

describe('what staff read about a mistake', () => {
  it('has nothing to say about the files as they are', async () => {
    expect(await checkContent({ dir: 'flows', now: NOW })).toEqual([]);
  });

  it.each(MISTAKES)('%s', async (_name, file, from, to, place, what, remedy) => {
    const dir = changed(file, from, to);
    const text = readFileSync(join(dir, file), 'utf8');
    const line = text.slice(0, text.indexOf(place)).split('\n').length;
    const findings = await checkContent({ dir, now: NOW });
    const found = findings.find((finding) => finding.what === what);
    expect(found, JSON.stringify(findings, null, 1)).toBeDefined();
    expect(found!.file).toBe(`flows/${file}`);
    expect(found!.line).toBe(line);
    expect(found!.remedy).toContain(remedy);
  });

  it('tells staff of a crisis line whose check is too old, and refuses it for production', async () => {
    const later = Date.parse('2027-04-01T10:00:00+09:00');
    const what =
      '「よりそいホットライン」（0120-279-338）の確認の期限（2027-03-31）が切れています。期限が切れた番号は案内されません。';
    const told = await checkContent({ dir: 'flows', now: later });
    expect(told.find((finding) => finding.what === what)?.level).toBe('warning');
    const refused = await checkContent({ dir: 'flows', now: later, production: true });
    expect(refused.find((finding) => finding.what === what)?.level).toBe('error');
  });

  it('refuses demo values and empty facts for production', async () => {
    const findings = await checkContent({ dir: 'flows', now: NOW, production: true, municipality: 'ashiya' });
    const told = findings.map((finding) => finding.what);
    expect(told).toContain('「総合相談窓口」の受付時間が見本のままです。');
    expect(told).toContain('「総合相談窓口」の電話番号が書かれていません。');
    expect(findings.every((finding) => finding.level === 'error' && finding.line > 0)).toBe(true);
  });
});

describe('a broken city', () => {
  it('is refused with its findings while others are served', async () => {
    const dir = changed('note.txt', null, 'no yaml');
    cpSync(join(dir, 'ashiya'), join(dir, 'other'), { recursive: true });
    const path = join(dir, 'other', 'municipality.yaml');
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace('id: ashiya', 'id: other').replace('needs: [rights]', 'needs: [right]'),
    );
    const content = await loadContent({ dir });
    expect([...content.municipalities.keys()]).toContain('ashiya');
    expect(content.script('other')).toBeNull();
    expect(content.refused.get('other')!.map((finding) => finding.what)).toEqual(['「needs」の値が使えない言葉です。']);
  });

  it('does not hide a broken common file', async () => {
    const dir = changed('common/repair.yaml', 'stop:', 'stopp:');
    await expect(loadContent({ dir })).rejects.toThrow('flows/common');
  });

  it('says so when references call references without end', async () => {
    const bomb = [
      'x0: &x0 [a, a]',
      ...Array.from({ length: 9 }, (_, n) => `x${n + 1}: &x${n + 1} [${Array(9).fill(`*x${n}`).join(', ')}]`),
    ];
    const findings = await checkContent({ dir: changed('ashiya/bomb.yaml', null, bomb.join('\n')), now: NOW });
    expect(findings.map(({ what }) => what)).toContain('「*名前」の参照が多すぎるか、参照が参照を呼びつづけています。');
  });
});
