import { describe, expect, it } from 'vitest';
import { decodePostback } from '#contracts/postback.ts';
import { back, correct, human, interrupt, repeat, resume, start, stop } from '#engine/engine.ts';
import { withdraw } from '#engine/withdraw.ts';
import { AT, assessment, Playing, scriptOf } from './playing.ts';

const MAIN = {
  flow: 'main',
  hears: '読み取る',
  human: '人',
  steps: [
    { step: 'はじめ', when: { greeted: false }, say: 'ようこそ' },
    {
      step: '聞く',
      ask: 'どうしましたか',
      save: 'heard',
      choices: [{ label: '言えない', go: '家族', also: ['わからない'] }],
    },
    { step: '読み取る', triage: { ask_back: true } },
    { step: '確かめる', confirm: { none: '聞く' } },
    { step: '家族', ask: 'ご家族は', save: 'household', choices: [{ label: 'いない', nothing: true }] },
    { step: '地域', when: { district_needed: true }, ask: 'どこですか', save: 'district', list: 'districts' },
    { step: '窓口', windows: {} },
    { step: '予約', book: {} },
    { step: '同意', consent: { refused: '断り' } },
    { step: '届ける', handoff: { edit: [{ label: '話', go: '聞く' }] } },
    { step: 'おわり', end: 'またいつでも' },
    { step: '人', say: 'つなぎます' },
    { step: '総合', windows: { general: true }, next: '予約' },
    { step: '断り', end: '断られた{窓口}' },
  ],
};
const BOOKING = {
  flow: 'my-booking',
  steps: [
    {
      step: '見る',
      ask: '{日時}',
      choices: [
        { label: '変える', go: '変える' },
        { label: 'いい', go: '終' },
      ],
    },
    { step: '変える', book: { move: true, later: '終' } },
    { step: '届ける', handoff: { preview: false } },
    { step: '終', end: true },
  ],
};
const HUMAN = {
  flow: 'talk-to-human',
  steps: [
    { step: '人', say: '共通の人' },
    { step: '終', end: true },
  ],
};
const script = scriptOf(MAIN, BOOKING, HUMAN);

function atBooking(): Playing {
  const play = new Playing(script);
  play.start('main');
  play.say('母のもの忘れが心配です');
  play.tap('<confirm.yes>');
  play.tap('いない');
  play.tap('東');
  play.tap('<windows.visit>');
  return play;
}

function atPreview(): Playing {
  const play = atBooking();
  play.tap('11/25(水) 9:00');
  play.tap('<consent.yes>');
  return play;
}

describe('the whole way', () => {
  it('goes from one line to a receipt, and the facts hold what a ticket needs', () => {
    const play = atPreview();
    expect(play.tap('<handoff.send>')).toContain('<receipt.visit>');
    const { facts, status, step } = play.session;
    expect([status, step]).toEqual(['ended', null]);
    expect(facts).toMatchObject({
      confirmedNeeds: ['elderly'],
      about: 'family',
      district: 'east',
      window: 'care',
      way: 'visit',
      booking: 'b1',
      ticket: 't1',
      receipt: 'A3K-7QF4',
      callBackCode: '1234',
      householdAsked: true,
      nickname: null,
      name: null,
      phone: null,
    });
    expect(facts.heard.map((heard) => heard.text)).toEqual(['母のもの忘れが心配です']);
    expect(facts.consents).toEqual([
      {
        recipient: 'care',
        purpose: '手助けのため',
        state: 'given',
        wording: '「包括」に伝えてもよいですか。',
        version: '1',
        at: AT,
      },
    ]);
  });

  it('is pure: the same session and input give the same step, and neither is changed', () => {
    const play = atBooking();
    const input = { type: 'text', text: '9時', messageId: 'x', at: AT } as const;
    expect(resume(script, play.session, input)).toEqual(resume(script, play.session, input));
  });

  it('puts talk and turn on every button', () => {
    const step = start(script, { flow: 'main', talk: 'T-1', at: AT });
    const [say] = step.events.filter((event) => event.type === 'say');
    const data = say!.messages.at(-1)!.choices.map((choice) => decodePostback(choice.data));
    expect(data).toEqual([{ type: 'answer', talk: 'T-1', turn: 1, value: 'c0' }]);
  });

  it('takes a first message as the answer to the opening question, after the welcome', () => {
    const play = new Playing(script);
    const said = play.start('main', { first: { text: '母が心配', messageId: 'm0' } });
    expect(said).toContain('ようこそ');
    expect(said).toContain('<confirm.ask>');
    expect(said).not.toContain('どうしましたか');
  });

  it('leaves the welcome out for who has seen it', () => {
    expect(new Playing(script).start('main', { greeted: true })).toBe('どうしましたか');
  });
});

describe('free text at any step', () => {
  it.each([
    ['はい', '家族'],
    ['うん', '家族'],
    ['そうです！', '家族'],
    ['<confirm.yes>でお願いします', '家族'],
    ['1', '家族'],
  ])('at the confirmation 「%s」 is yes', (text, step) => {
    const play = new Playing(script);
    play.start('main');
    play.say('母のもの忘れ');
    play.say(text);
    expect(play.session.step).toBe(step);
  });

  it('adds words about the trouble to what was heard and reads again', () => {
    const play = atBooking();
    const said = play.say('実は父も倒れました');
    expect(said).toContain('<hear.more>');
    expect(play.session.facts.heard.map((heard) => heard.text)).toEqual([
      '母のもの忘れが心配です',
      '実は父も倒れました',
    ]);
    expect(play.requests.filter((request) => request.type === 'triage')).toHaveLength(2);
    // The need was confirmed before: it is not asked again (R18), nor the household, nor the district.
    expect(play.session.step).toBe('窓口');
  });

  it('takes a district by its other names', () => {
    const play = new Playing(script);
    play.start('main');
    play.say('母のもの忘れ');
    play.say('はい');
    play.say('いない');
    play.say('山の手の駅の近くです');
    expect(play.session.facts.district).toBe('west');
  });

  it('goes on without a district for who does not know', () => {
    const play = new Playing(script);
    play.start('main');
    play.say('母のもの忘れ');
    play.say('はい');
    play.say('いない');
    play.tap('<ask.district_unknown>');
    expect(play.session.facts).toMatchObject({ district: null, districtAsked: true });
    expect(play.session.step).toBe('窓口');
  });

  it('answers thanks with the open question, not with a new triage', () => {
    const play = atBooking();
    const before = play.requests.length;
    expect(play.say('ありがとうございます')).toContain('<book.offer>');
    expect(play.requests).toHaveLength(before);
  });
});

describe('the question that splits', () => {
  const question = {
    question: 'どちらですか',
    choices: [
      { label: 'お金', need: 'livelihood' as const },
      { label: '住まい', need: 'housing' as const },
    ],
  };
  const needs = [
    { need: 'livelihood' as const, score: 0.5 },
    { need: 'housing' as const, score: 0.45 },
  ];
  const play = (): Playing => {
    const playing = new Playing(script, {
      triage: () => ({ type: 'triage', assessment: assessment({ confident: false, needs }), question }),
    });
    playing.start('main');
    return playing;
  };

  it('has at most four buttons, 「どれでもない」 and 「人と話す」 among them', () => {
    const playing = play();
    expect(playing.say('家賃')).toBe('どちらですか');
    expect(playing.labels()).toEqual(['お金', '住まい', '<common.none>', '<common.human>']);
    playing.tap('住まい');
    expect(playing.session.facts.confirmedNeeds).toEqual(['housing']);
  });

  it('takes 「どっちも」 for both', () => {
    const playing = play();
    playing.say('家賃');
    playing.say('どっちも');
    expect(playing.session.facts.confirmedNeeds).toEqual(['livelihood', 'housing']);
  });

  it('is put once in a talk', () => {
    const playing = play();
    playing.say('家賃');
    expect(playing.say('うまく言えないけど困っている')).toContain('<confirm.ask>');
  });
});

describe('booking', () => {
  it('shows a few times spread over days, a way to other days, and never forces one', () => {
    const play = atBooking();
    const labels = play.labels();
    expect(labels.slice(0, 4)).toEqual(['11/25(水) 9:00', '11/25(水) 10:00', '11/25(水) 13:00', '11/25(水) 14:00']);
    expect(labels.slice(-3)).toEqual(['<book.other_day>', '<book.later>', '<common.human>']);
    expect(labels.length).toBeLessThanOrEqual(13);
  });

  it.each([
    ['明日の9時', '2026-11-25T09:00:00+09:00'],
    ['11月26日10時', '2026-11-26T10:00:00+09:00'],
    ['金曜の14時', '2026-11-27T14:00:00+09:00'],
    ['来週の水曜の午後2時', '2026-12-02T14:00:00+09:00'],
    ['11/25(水) 13:00', '2026-11-25T13:00:00+09:00'],
  ])('understands 「%s」', (text, time) => {
    const play = atBooking();
    play.say(text);
    expect(play.session.facts.slot?.start).toBe(Date.parse(time));
    expect(play.session.step).toBe('同意');
  });

  it('narrows to what was said of the time, and shows other days', () => {
    const play = atBooking();
    play.say('来週の水曜の午後');
    expect(play.labels().slice(0, 2)).toEqual(['13:00', '14:00']);
    play.tap('<book.other_day>');
    expect(play.labels().slice(0, 4)).toEqual(['11/25(水)', '11/26(木)', '11/27(金)', '12/2(水)']);
    play.input({ type: 'date', date: '2026-11-26', at: AT });
    expect(play.labels()[0]).toBe('9:00');
  });

  it('offers the other free times when somebody was quicker', () => {
    const play = atBooking();
    let first = true;
    play.answers.hold = () => {
      if (!first) return { type: 'hold', hold: 'hold-2', until: AT };
      first = false;
      return { type: 'slot_taken' };
    };
    const said = play.tap('11/25(水) 9:00');
    expect(said).toContain('<book.taken>');
    expect(said).toContain('<book.offer>');
    play.tap('11/25(水) 10:00');
    expect(play.session.facts.hold).toBe('hold-2');
  });

  it('goes back to the times when the hold ran out before sending', () => {
    const play = atPreview();
    let first = true;
    play.answers.handoff = (_, session) => {
      if (first) {
        first = false;
        return { type: 'slot_taken' };
      }
      return {
        type: 'handoff',
        ticket: 't1',
        receipt: 'A',
        booking: session.facts.slot ? 'b1' : null,
        callBackCode: '1',
      };
    };
    expect(play.tap('<handoff.send>')).toContain('<book.taken>');
    play.tap('11/26(木) 9:00');
    // Consent was given before; it is not asked for again.
    expect(play.session.step).toBe('届ける');
    play.tap('<handoff.send>');
    expect(play.session.facts.booking).toBe('b1');
  });

  it('passes windows that take no bookings', () => {
    const quiet = {
      window: 'quiet',
      name: '予約なし',
      reason: '',
      ways: ['visit' as const],
      confidence: 1,
      lead: true,
      demo: false,
    };
    const play = new Playing(script, { windows: () => ({ type: 'windows', candidates: [quiet] }) });
    play.start('main', { facts: { householdAsked: true, districtAsked: true } });
    play.say('相続のこと');
    play.tap('<confirm.yes>');
    expect(play.tap('<windows.visit>')).toContain('<book.not_bookable>');
    expect(play.session.step).toBe('同意');
  });
});

describe('consent', () => {
  it('refused is recorded, gives the held time back, and sends nothing', () => {
    const play = atBooking();
    play.tap('11/25(水) 9:00');
    expect(play.tap('<consent.no>')).toContain('断られた包括');
    expect(play.session.facts.consents[0]).toMatchObject({ state: 'refused', recipient: 'care' });
    expect(play.requests.at(-1)).toEqual({ type: 'release', hold: 'hold-1' });
    expect(play.requests.some((request) => request.type === 'handoff')).toBe(false);
    expect(play.session.status).toBe('ended');
  });
});

describe('what staff will see', () => {
  it('is shown before sending, and nothing is asked that the resident does not want to give', () => {
    const play = atBooking();
    play.tap('11/25(水) 9:00');
    const said = play.tap('<consent.yes>');
    expect(said).toContain('母のもの忘れが心配です');
    expect(said).toContain('11月25日（水）9:00〜10:00');
    expect(play.labels()).toEqual(['<handoff.send>', '<handoff.add>', '<handoff.fix>', '<handoff.cancel>']);
    play.tap('<handoff.add>');
    play.tap('<handoff.add_nickname>');
    expect(play.say('みかん')).toContain('みかん');
    play.tap('<handoff.add>');
    play.tap('<handoff.add_contact>');
    play.say('000-0000-0000');
    expect(play.session.stage).toBe('hours');
    expect(play.say('夕方だけ')).toContain('夕方だけ');
    expect(play.session.facts).toMatchObject({
      nickname: { text: 'みかん' },
      phone: { text: '000-0000-0000' },
      name: null,
    });
  });

  it('can be left without sending', () => {
    const play = atPreview();
    expect(play.tap('<handoff.cancel>')).toContain('<handoff.cancel_said>');
    expect(play.requests.at(-1)).toEqual({ type: 'release', hold: 'hold-1' });
    expect(play.session.status).toBe('ended');
  });
});

describe('repair', () => {
  it('back puts the question before with what was known then, and gives a held time back', () => {
    const play = atBooking();
    play.take(back(script, play.session));
    expect(play.session).toMatchObject({ step: '窓口', facts: { window: null } });
    play.take(back(script, play.session));
    expect(play.session).toMatchObject({ step: '地域', facts: { district: null, districtAsked: false } });
    const held = atBooking();
    held.tap('11/25(水) 9:00');
    held.take(back(script, held.session));
    expect(held.session).toMatchObject({ step: '予約', facts: { hold: null } });
    expect(held.requests).toContainEqual({ type: 'release', hold: 'hold-1' });
  });

  it('back at the first question stays there', () => {
    const play = new Playing(script);
    play.start('main');
    expect(play.take(back(script, play.session))).toContain('<hear.nothing_before>');
  });

  it('repeat says the open question with the same buttons; they still count', () => {
    const play = atBooking();
    const labels = play.labels();
    const turn = play.session.turn;
    expect(play.take(repeat(script, play.session, { lead: 'スタンプ' }))).toMatch(/^スタンプ\n<book\.offer>/u);
    expect(play.labels()).toEqual(labels);
    expect(play.session.turn).toBe(turn);
  });

  it('correct puts aside what was understood', () => {
    const play = atBooking();
    play.take(correct(script, play.session));
    expect(play.session.facts.confirmedNeeds).toBeNull();
  });

  it('human leads to a human from anywhere, also from a flow without a step for it', () => {
    const play = atBooking();
    expect(play.take(human(script, play.session))).toContain('つなぎます');
    expect(play.session.step).toBe('総合');
    const booking = new Playing(script);
    booking.start('my-booking');
    expect(booking.take(human(script, booking.session))).toContain('共通の人');
  });

  it('stop ends the talk and gives a held time back', () => {
    const play = atPreview();
    expect(play.take(stop(script, play.session))).toBe('<reply.stopped>');
    expect(play.session.status).toBe('ended');
    expect(play.requests.at(-1)).toEqual({ type: 'release', hold: 'hold-1' });
  });

  it('a flow put on top keeps its facts to itself and returns to the open question', () => {
    const play = atBooking();
    const before = play.session.facts;
    play.take(
      interrupt(script, play.session, {
        flow: 'my-booking',
        facts: { window: 'all', way: 'visit', booking: 'b0', ticket: 't0' },
      }),
    );
    expect(play.session).toMatchObject({ flow: 'my-booking', facts: { booking: 'b0', heard: [] } });
    play.tap('変える');
    play.tap('11/25(水) 9:00');
    expect(play.requests).toContainEqual({ type: 'handoff', urgent: false });
    expect(play.session).toMatchObject({ flow: 'main', step: '予約', status: 'waiting', facts: before });
  });

  it('words about a trouble, said at a booking, are heard by the flow underneath', () => {
    const play = atBooking();
    play.take(interrupt(script, play.session, { flow: 'my-booking', facts: { window: 'all' } }));
    play.say('父が倒れました');
    expect(play.session.flow).toBe('main');
    expect(play.session.facts.heard.map((heard) => heard.text)).toEqual(['母のもの忘れが心配です', '父が倒れました']);
  });
});

describe('faults', () => {
  it('a flow that goes in circles stops with a named failure and offers a human', () => {
    const circle = scriptOf({
      flow: 'main',
      steps: [
        { step: 'あ', say: 'あ' },
        { step: 'い', route: [{ go: 'あ' }] },
      ],
    });
    const play = new Playing(circle);
    expect(play.start('main')).toContain('<failed.said>');
    expect([play.failure, play.session.status]).toEqual(['step_limit', 'failed']);
  });

  it('a flow or step that is not there is a failed session, not an exception', () => {
    const play = new Playing(script);
    play.start('nowhere');
    expect(play.failure).toBe('unknown_step');
  });

  it('a result nobody asked for is a failed session; one of a release is nothing', () => {
    const play = atBooking();
    const result = { type: 'resources' as const, resources: [] };
    expect(resume(script, play.session, { type: 'result', result }).session.status).toBe('failed');
    expect(resume(script, play.session, { type: 'result', result: { type: 'release' } }).events).toEqual([]);
  });

  it('a button that the open question does not have is answered kindly', () => {
    const play = atBooking();
    expect(play.input({ type: 'choice', value: 'x9', at: AT })).toContain('<hear.old_choice>');
  });

  it('a step that is gone after an edit does not lose the words', () => {
    const play = atBooking();
    const edited = scriptOf({ ...MAIN, steps: MAIN.steps.filter((step) => step.step !== '予約') }, BOOKING);
    const step = resume(edited, play.session, { type: 'text', text: 'まだいますか', messageId: 'z', at: AT });
    expect(step.events).toContainEqual({ type: 'note', code: 'revision_changed' });
    expect(step.session.facts.heard.map((heard) => heard.text)).toEqual(['母のもの忘れが心配です', 'まだいますか']);
  });
});

describe('withdrawing', () => {
  it('takes the words out of facts, earlier waits, covered talks and evidence (R7)', () => {
    const play = new Playing(script, {
      triage: () => ({
        type: 'triage',
        question: null,
        assessment: assessment({
          evidence: [
            { words: 'もの忘れ', start: 2, end: 6, by: 'rule', source: 'x:1', label: 'need:elderly', score: 1 },
            { words: '忘れ', by: 'weight', source: '忘れ', label: 'need:elderly', score: 1 },
          ],
        }),
      }),
    });
    play.start('main');
    play.say('母のもの忘れが心配です');
    play.tap('<confirm.yes>');
    play.tap('いない');
    play.take(interrupt(script, play.session, { flow: 'my-booking', facts: {} }));
    const after = withdraw(play.session, 'm1');
    expect(JSON.stringify(play.session)).toContain('忘れ');
    expect(JSON.stringify(after)).not.toContain('忘れ');
    expect(after.stack[0]!.facts!.heard).toEqual([{ messageId: 'm1', text: null, at: AT + 1 }]);
  });
});
