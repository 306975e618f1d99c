/**
 * Each city's own way of a compound case, in one browser on the running service: the resident in the simulator, the coordinator in
 * the console. What differs between the cities is what their plans say.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../browser/chromium.ts';
import { freePort, type Service, startService } from '../support/service.ts';
import { type Resident, resident, type Staff, signedIn } from './city-walk.ts';

const CITIES = 'ashiya,kobayashi,fukui,ikoma,toyokawa';
/** Day of Japan so many days from now. */
const inDays = (days: number): string =>
  new Date(Date.now() + days * 86_400_000 + 9 * 3_600_000).toISOString().slice(0, 10);

/** Five walks side by side on two busy processors. */
const WALK_MS = 600_000;

describeInBrowser('five cities on one service', (browser) => {
  let service: Service;
  beforeAll(async () => {
    const env = {
      LINE_CHANNEL_SECRET: '',
      LINE_CHANNEL_ACCESS_TOKEN: '',
      SIMULATOR: 'on',
      LOG_LEVEL: 'warn',
      MUNICIPALITIES: CITIES,
    };
    service = await startService({ port: await freePort(), env });
  });
  afterAll(async () => {
    // With the pages still open.
    const before = Date.now();
    await service?.kill('SIGTERM');
    expect(Date.now() - before).toBeLessThan(20_000);
  });

  const coordinator = (city: string, windows = ''): Promise<Staff> =>
    signedIn(browser(), service, {
      city,
      login: 'sato',
      name: '佐藤 みどり',
      roles: 'counsellor,coordinator,auditor',
      windows,
    });

  /** Opens the newest ticket, takes it up. @returns its address. */
  async function takeUp(staff: Staff): Promise<string> {
    await staff.go('/tickets');
    await staff.follow(staff.page.locator('main a[href*="/tickets/"]').first());
    await staff.press('内容を開く');
    await staff.press('受け付ける');
    return new URL(staff.page.url()).pathname.replace(/^\/console\/[a-z]+/u, '');
  }

  /** Names the bodies, asks on LINE; the resident says yes. */
  async function consented(staff: Staff, ticket: string, person: Resident): Promise<void> {
    await staff.go(`${ticket}/together`);
    await staff.picture('together');
    const box = await staff.unfold('LINEでたずねる');
    for (const check of await box.getByRole('checkbox').all()) await check.check();
    await staff.press('たずねる', box);
    await staff.reads('返事を待っています');
    await person.hears('いっしょに考えてもよいですか');
    await person.picture('consent');
    await person.tap('はい');
    await person.hears('いっしょに考えます');
  }

  async function openCase(staff: Staff, ticket: string, urgent = false): Promise<string> {
    await staff.go(`${ticket}/together`);
    await staff.page.getByLabel('何をいっしょに考えるか').fill('介護と家計をいっしょに考えたい');
    if (urgent) await staff.page.getByRole('radio', { name: '急ぎ' }).check();
    await staff.press('ケースをひらく');
    await staff.reads('ケースをひらきました');
    return new URL(staff.page.url()).pathname.replace(/^\/console\/[a-z]+/u, '');
  }

  async function plan(staff: Staff, to: string, person: Resident): Promise<void> {
    await staff.go(`${to}/plan`);
    await staff.page.getByLabel('目標', { exact: true }).first().fill('家計と介護が落ち着く');
    await staff.page.getByLabel('すること', { exact: true }).first().fill('いっしょに書類を見る');
    await staff.page.getByLabel('だれが', { exact: true }).first().fill('担当窓口');
    await staff.page.getByLabel('次に見直す日').fill(inDays(5));
    await staff.page.locator('#forResident').fill('来週、いっしょに書類を見ます。');
    await staff.picture('plan-form');
    await staff.press('残す');
    await staff.press('LINEで送る');
    await staff.reads('本人に送りました');
    await person.hears('この案で進めてもよいですか');
    await person.picture('plan');
    await person.tap('この案でいいです');
    await person.hears('この案で進めます');
    await staff.go(to);
    await staff.reads('この案でよいとのこと');
    await staff.picture('case');
    await staff.go('/cases');
    await staff.reads('モニタリング');
    await staff.picture('cases');
  }

  /** モニタリング, 終結, つなぎ戻し. */
  async function end(staff: Staff, to: string, person: Resident): Promise<void> {
    await staff.go(to);
    const review = await staff.unfold('モニタリングを書く');
    await review.getByLabel('ようす').fill('書類が出せて、落ち着いてきた');
    await review.getByRole('radio', { name: '終わりを考える' }).check();
    await staff.press('残す', review);
    const close = await staff.unfold('終結する・つなぎ戻す');
    await close.getByLabel('評価（何が変わったか）').fill('家計の見通しがついた');
    await close.getByRole('radio', { name: '達成した', exact: true }).check();
    await staff.picture('ending');
    await staff.press('終結する', close);
    await staff.reads('窓口へつなぎ戻しました');
    await staff.picture('ended');
    await person.hears('ひと区切りになりました');
  }

  /** A compound trouble, to a ticket without a booking. */
  async function compound(person: Resident, choices: readonly string[]): Promise<void> {
    await person.say('母の介護で仕事をやめて、家賃が払えません');
    for (const label of choices) await person.tap(label);
    await person.hears('届きました');
  }

  /** Opens a meeting on a day of its own choosing, from the morning of today on, so that it can be held. @returns its address. */
  async function convene(staff: Staff, name: string): Promise<string> {
    await staff.go('/meetings');
    const part = staff.page.locator('section.part', { has: staff.page.getByRole('heading', { name, exact: true }) });
    await part.locator('summary').last().click();
    const form = part.locator('details form');
    await form.getByLabel('日', { exact: true }).fill(inDays(0));
    await form.getByLabel('はじめ').fill('00:00');
    await form.getByLabel('おわり').fill('23:59');
    await form.getByLabel('場所').fill('市役所 会議室');
    await staff.press('予定に入れる', form);
    await staff.reads('予定に入れました');
    return new URL(staff.page.url()).pathname.replace(/^\/console\/[a-z]+/u, '');
  }

  /** The first case that waits: onto the agenda, minutes, a decision, held; the paper. */
  async function hear(staff: Staff, meeting: string): Promise<void> {
    await staff.go(meeting);
    await staff.press(/^入れる/u);
    await staff.reads('役割とプラン');
    const minutes = await staff.unfold('記録を書く');
    await minutes.getByLabel('記録', { exact: true }).fill('役割を話し合った');
    await staff.press('書く', minutes);
    const decision = await staff.unfold('決めたことを書く');
    await decision.getByLabel('何を').fill('家計の書類をそろえる');
    await decision.getByLabel('だれが').fill('担当窓口');
    await decision.getByLabel('いつまでに').fill(inDays(3));
    await staff.press('書く', decision);
    const issue = await staff.unfold('足りないもの・課題を書く');
    await issue.getByLabel(/課題/u).fill('夜に話せる場所が足りない');
    await staff.press('書く', issue);
    const held = await staff.unfold('開いた（出席を残す）');
    await staff.press('残す', held);
    await staff.reads('開いた会議として残しました');
    await staff.picture('meeting');
    await staff.go(`${meeting}/print`);
    for (const text of ['次第', '出席する人', '役割を話し合った', '家計の書類をそろえる', '夜に話せる場所が足りない'])
      await staff.reads(text);
    await staff.picture('meeting-paper');
  }

  const receiptOf = async (staff: Staff): Promise<string> =>
    (await staff.page.locator('h1 .receipt').textContent()) ?? '';
  const away = ['いまは予約しない', 'はい、伝えてください'];

  it.concurrent(
    '芦屋: the team screens, then B-1 hears the case; plan, monitoring, end',
    async () => {
      const person = await resident(browser(), service, 'ashiya');
      await compound(person, ['はい、合っています', 'いない', '精道', '窓口に行って相談', ...away, 'この内容で届ける']);
      const staff = await coordinator('ashiya', 'sogo');
      const ticket = await takeUp(staff);
      await staff.picture('ticket');
      await consented(staff, ticket, person);
      const to = await openCase(staff, ticket);
      const b1 = await convene(staff, '多機関協働支援会議（B-1 定例）');
      await staff.reads('待っているケースはありません');
      const team = await convene(staff, '重層的支援のチーム会議');
      await staff.press(/^入れる/u);
      await staff.reads('見立て（スクリーニング）');
      await staff.picture('team');
      await staff.go(to);
      await staff.press('受け止める');
      await hear(staff, b1);
      await plan(staff, to, person);
      await end(staff, to, person);
      await staff.go(team);
      await staff.go('/community');
      await staff.reads('多機関での事例検討');
      await staff.reads('夜に話せる場所が足りない');
      await staff.picture('community');
      expect(staff.troubles).toEqual([]);
    },
    WALK_MS,
  );

  it.concurrent(
    '小林: 支援依頼 only after explanation and agreement, a talk or company offered first; the regular meeting every two months',
    async () => {
      const person = await resident(browser(), service, 'kobayashi');
      const staff = await coordinator('kobayashi', 'jiritsu,shakyo');
      await person.say('母の介護で仕事をやめて、家賃が払えません');
      for (const label of ['はい、合っています', 'いない', '小林']) await person.tap(label);
      await person.picture('windows');
      const card = person.phone.locator('.flex-bubble', { hasText: '小林市生活自立相談支援センター' }).last();
      await card.getByRole('button', { name: '電話で相談' }).click();
      await person.hears('空いている時間');
      for (const label of away) await person.tap(label);
      await person.hears('支援依頼といいます');
      await person.hears('先に話を聞くだけでも、だれかが付きそって一緒に行くこともできます');
      await person.picture('desk');
      await person.tap('先に話を聞きたい');
      await person.tap('教えない');
      await person.tap('この内容で届ける');
      await person.hears('届きました');

      const ticket = await takeUp(staff);
      const desk = await staff.unfold('支援依頼（多機関協働）');
      expect(await desk.getByRole('button', { name: '支援を依頼する' }).count()).toBe(0);
      await desk.getByText('いっしょに行くこと（同行）').waitFor();
      await staff.picture('no-consent');
      const consent = await staff.unfold('同意を記録する');
      await consent.getByLabel('伝える先').selectOption({ label: '小林市社会福祉協議会' });
      await consent.getByRole('radio', { name: '同意する' }).check();
      await consent.getByLabel('どう確かめたか').selectOption('面談で');
      await staff.press('記録する', consent);
      const asked = await staff.unfold('支援依頼（多機関協働）');
      await asked.getByLabel('何を一緒に考えてほしいか').fill('介護と家計の役割を決めたい');
      await staff.press('支援を依頼する', asked);
      await staff.go('/cases');
      await staff.reads('支援依頼');
      await staff.picture('candidates');
      await consented(staff, ticket, person);
      const to = await openCase(staff, ticket);
      await staff.press('受け止める');
      const single = await convene(staff, '重層的支援個別会議');
      await hear(staff, single);
      await plan(staff, to, person);
      await staff.go('/meetings');
      await staff.reads(/2か月に1回.*までに/u);
      await staff.reads('年2回');
      await staff.picture('meetings');
      await end(staff, to, person);
      await staff.go('/community');
      await staff.picture('community');
      expect(staff.troubles).toEqual([]);
    },
    WALK_MS,
  );

  it.concurrent(
    '福井: every 4th Tuesday 9:00–12:00, 90 minutes a case, standing members, urgent ones on call',
    async () => {
      const staff = await coordinator('fukui', 'yorisoi');
      const cases: string[] = [];
      let first: Resident | null = null;
      for (let i = 0; i < 2; i++) {
        const person = await resident(browser(), service, 'fukui');
        await person.say('家賃が払えず、出ていくように言われました。借金もあります');
        for (const label of ['はい、合っています', 'いない', '電話で相談', ...away, '教えない', 'この内容で届ける'])
          await person.tap(label);
        const ticket = await takeUp(staff);
        await consented(staff, ticket, person);
        cases.push(await openCase(staff, ticket));
        await staff.press('受け止める');
        first ??= person;
      }
      await staff.go('/meetings');
      await staff.reads('毎月 第4火曜 9:00〜12:00');
      await staff.reads('1件90分');
      await staff.picture('meetings');
      await staff.press('予定に入れる');
      await staff.reads('予定に入れました');
      await staff.reads('保健所地域保健課');
      const meeting = new URL(staff.page.url()).pathname.replace(/^\/console\/[a-z]+/u, '');
      await staff.press(/^入れる/u);
      await staff.reads('9:00〜10:30');
      await staff.press(/^入れる/u);
      await staff.reads('10:30〜12:00');
      // Two cases fill the morning (a third is refused: `meetings.test.ts`).
      await staff.reads('待っているケースはありません');
      await staff.picture('full');
      const guest = await staff.unfold('招く');
      await guest.getByLabel('機関・名前').fill('ある病院');
      await guest.getByRole('checkbox').last().check();
      await staff.press('招く', guest);
      await staff.reads('本人が同意した相手の中に、この機関');
      await staff.go(`${meeting}/print`);
      await staff.picture('agenda-paper');
      // The second turns urgent: it is heard on call.
      await staff.go(cases[1]!);
      const urgency = await staff.unfold('急ぎかどうかを変える');
      await urgency.getByRole('radio', { name: '急ぎ', exact: true }).check();
      await staff.press('変える', urgency);
      await convene(staff, '重層的支援会議');
      await staff.reads('随時の会議です。まだ招待していない人');
      await staff.reads('10:30 の議題に入っています');
      await staff.press(/^入れる/u);
      await staff.picture('on-call');
      await plan(staff, cases[0]!, first!);
      await end(staff, cases[0]!, first!);
      expect(staff.troubles).toEqual([]);
    },
    WALK_MS,
  );

  it.concurrent(
    '生駒: 推進員 of the section, then 主任推進員; who heard the person first attends; a 相談会 with places',
    async () => {
      const booker = await resident(browser(), service, 'ikoma');
      await booker.say('どこに相談していいかわからない');
      await booker.answersUntil('会って話す日を選ぶ', 'どれでもない');
      await booker.tap('会って話す日を選ぶ');
      const day = (await booker.phone.locator('.quick button').first().textContent())!.trim();
      await booker.tap(day);
      await booker.tap('はい、伝えてください');
      await booker.tap('この内容で届ける');
      await booker.hears(/日時: \d+月\d+日/u);
      await booker.picture('event');

      const person = await resident(browser(), service, 'ikoma');
      await person.say('母の介護と子育てが重なって、もう限界です');
      for (const label of ['はい、合っています', 'いない']) await person.tap(label);
      const card = person.phone.locator('.flex-bubble', { hasText: '地域包括ケア推進課' }).last();
      await card.getByRole('button', { name: '電話で相談' }).click();
      await person.hears('空いている時間');
      for (const label of [...away, '教えない', 'この内容で届ける']) await person.tap(label);
      await person.hears('届きました');

      const section = await signedIn(browser(), service, {
        city: 'ikoma',
        login: 'mori',
        name: '森',
        roles: 'counsellor',
        windows: 'care',
      });
      const ticket = await takeUp(section);
      await section.reads('いこまる推進員');
      await section.picture('ticket');
      const consent = await section.unfold('同意を記録する');
      await consent.getByLabel('伝える先').selectOption({ label: '福祉政策課' });
      await consent.getByRole('radio', { name: '同意する' }).check();
      await section.press('記録する', consent);
      const asked = await section.unfold('支援依頼（多機関協働）');
      await asked.getByLabel('何を一緒に考えてほしいか').fill('介護と子育ての両方を見たい');
      await section.press('支援を依頼する', asked);

      const chief = await coordinator('ikoma', 'fukushi');
      await chief.go('/cases');
      await chief.reads('支援依頼');
      await consented(chief, ticket, person);
      const to = await openCase(chief, ticket);
      await chief.press('受け止める');
      const meeting = await convene(chief, '重層的支援会議');
      await hear(chief, meeting);
      await chief.go(meeting);
      await chief.reads('はじめに話を聞いた人');
      await plan(chief, to, person);
      await end(chief, to, person);
      await chief.go('/meetings');
      await chief.picture('meetings');
      expect([...section.troubles, ...chief.troubles]).toEqual([]);
    },
    WALK_MS,
  );

  it.concurrent(
    '豊川: the CSW leads; a report without consent, the closed file, a visit, agreement, and the case',
    async () => {
      const reporter = await resident(browser(), service, 'toyokawa');
      await reporter.say('隣の家がごみでいっぱいで、おじいさんの姿を見ません');
      for (const label of ['市に知らせる', '近所・知り合い', 'もう書いた', 'この内容で届ける'])
        await reporter.tap(label);
      await reporter.hears('その後のことは、ここではお知らせできません');
      await reporter.picture('report');
      const staff = await coordinator('toyokawa', 'csw');
      const ticket = await takeUp(staff);
      const receipt = await receiptOf(staff);
      await staff.go(`${ticket}/together`);
      await staff.reads('LINEの相手は、知らせてくれた人です');
      const closed = await staff.unfold('本人の同意がないまま、支援会議');
      await closed.getByRole('radio', { name: '本人に会えていない（まわりからの知らせ）' }).check();
      await closed.getByLabel('話し合うわけ').fill('ごみと見守りのこと');
      await staff.picture('report');
      await staff.press('記録をひらく', closed);
      await staff.reads('違反には罰則があります');
      await staff.picture('secrecy');
      await staff.page.getByRole('checkbox', { name: '読みました。秘密を守ります。' }).check();
      await staff.press('中に入る');
      const file = new URL(staff.page.url()).pathname.replace(/^\/console\/[a-z]+/u, '');
      const write = async (text: string, source: string, body: string): Promise<void> => {
        const item = await staff.unfold('情報を書く');
        await item.getByLabel('内容').fill(text);
        await item.getByLabel('どういう情報か').selectOption({ label: source });
        await item.getByLabel('だれ（どこ）からの情報か').fill(body);
        await item.getByRole('checkbox').check();
        await staff.press('書く', item);
      };
      await write('市民税を滞納しているらしい', 'ほかの機関が知っていること', '市役所');
      await staff.reads('税の仕事で知る情報のようです');
      await staff.picture('tax');
      await write('訪ねると、玄関まで物がある', '職員が見たこと', 'CSW');
      await write('隣の人が心配している', 'まわりの人からの知らせ', '近所');
      await staff.picture('closed');
      // Visited, explained, agreed: by the person, not over the neighbour's LINE.
      await staff.go(`${ticket}/together`);
      const answer = await staff.unfold('電話や面談で聞いた返事を書く');
      for (const check of await answer.getByRole('checkbox').all()) await check.check();
      await answer.getByRole('radio', { name: '同意する' }).check();
      await answer.getByLabel('どう聞いたか').selectOption({ label: '会って' });
      await staff.press('書く', answer);
      await staff.go(`${file}/move`);
      await staff.page.getByRole('radio', { name: '持っていく' }).first().check();
      await staff.picture('move');
      await staff.press('ケースへ移す');
      await staff.reads('同意を得て、ケースへ移しました');
      await staff.go('/cases');
      await staff.follow(staff.page.locator('main table a[href*="/cases/"]').first());
      await staff.reads('訪ねると、玄関まで物がある');
      expect(await staff.words()).not.toMatch(/隣の人が心配|市民税|ごみと見守り/u);
      await staff.press('受け止める');
      await staff.picture('case');
      // Somebody who is not on the list finds nothing.
      const other = await signedIn(browser(), service, {
        city: 'toyokawa',
        login: 'kato',
        name: '加藤',
        roles: 'counsellor,coordinator',
        windows: 'konkyu',
      });
      await other.go(file);
      await other.page.getByText('見つかりません').first().waitFor();
      await other.go('/closed');
      expect(await other.words()).not.toContain(receipt);
      expect([...staff.troubles]).toEqual([]);
    },
    WALK_MS,
  );
});
