/**
 * Longer than other steps: the optional questions (telephone, hours, nickname, consideration), the preview and the
 * receipt belong together, since each returns to the preview.
 */
import type { FlowStepOf } from '#contracts/flow.ts';
import type { Facts, Heard, Request } from '#contracts/session.ts';
import type { TextKey } from '#contracts/texts.ts';
import { fillFacts, windowOf, withRole } from '../fill.ts';
import { previewLines } from '../preview.ts';
import { choice, facts, letGo, type Move, type Run, type StepHandler, say, wording } from '../run.ts';

type Handoff = FlowStepOf<'handoff'>;

const NO_PHONE = '!no-phone';
const QUESTIONS: Record<string, TextKey> = {
  phone: 'handoff.phone_ask',
  home: 'handoff.home_ask',
  hours: 'handoff.safe_hours_ask',
  add: 'handoff.add_ask',
  nickname: 'handoff.nickname_ask',
  contact: 'handoff.contact_ask',
  consideration: 'handoff.consideration_ask',
  fix: 'handoff.fix_ask',
};

/**
 * Shows what staff will see, asks before sending, opens the ticket (with the held time, when there is one) and says
 * the receipt number. A name or a telephone number is given only by who wants to (R22).
 *
 *     - step: 届ける
 *       handoff:
 *         edit:
 *           - label: 話の内容を直す
 *             go: 聞く
 */
export const handoff: StepHandler<'handoff'> = {
  enter(step, run) {
    const known = facts(run);
    if (step.handoff.outreach) known.window = withRole(run, 'outreach') ?? known.window;
    if (!step.handoff.preview) return send(step);
    if (known.phone === null && run.session.tries[NO_PHONE] === undefined) {
      if (known.way === 'phone') return optional(step, run, 'phone');
      if (known.way === 'home') return optional(step, run, 'home');
    }
    return preview(step, run);
  },

  question(step, run) {
    const stage = run.session.stage ?? 'preview';
    const key = QUESTIONS[stage];
    if (key !== undefined) return { text: fillFacts(run, wording(run, step, key)) };
    return {
      text: fillFacts(run, wording(run, step, 'handoff.preview')),
      alt: wording(run, step, 'handoff.alt'),
      cards: [
        {
          title: wording(run, step, 'handoff.preview_title'),
          lines: previewLines(run),
          values: run.session.asked.map((option) => option.value),
        },
      ],
    };
  },

  answer(step, run, answer) {
    const value = answer.type === 'choice' ? answer.value : '';
    switch (value) {
      case 'send':
        return send(step);
      case 'add':
      case 'nickname':
      case 'contact':
      case 'consideration':
        return optional(step, run, value);
      case 'fix':
        return fixMenu(step, run);
      case 'cancel':
        letGo(run);
        say(run, fillFacts(run, wording(run, step, 'handoff.cancel_said')));
        return step.handoff.cancelled === undefined
          ? { to: 'end', whole: true }
          : { to: 'next', step: step.handoff.cancelled };
      case 'skip':
        // Remembered so that going back and forth does not ask for a number again and again.
        run.session.tries[NO_PHONE] = 1;
        return preview(step, run);
      case 'any':
        return preview(step, run);
      default:
        return editTo(step, run, value);
    }
  },

  hear(step, run, heard) {
    return hear(step, run, heard);
  },

  result(step, run, result) {
    const known = facts(run);
    if (result.type === 'slot_taken') {
      known.slot = null;
      known.hold = null;
      say(run, run.script.texts['book.taken']);
      const flow = run.script.flow(run.session.flow, run.session.revision);
      const again = flow?.steps.find((other) => 'book' in other);
      return again === undefined ? send(step) : { to: 'next', step: again.step };
    }
    if (result.type !== 'handoff') return null;
    const moved = known.booking !== null && result.booking !== null;
    Object.assign(known, {
      ticket: result.ticket,
      receipt: result.receipt,
      booking: result.booking,
      callBackCode: result.callBackCode,
      hold: null,
    } satisfies Partial<Facts>);
    // What was sent is not taken back by 「ひとつ戻る」; it is moved or cancelled instead.
    run.session.trail = [];
    say(run, fillFacts(run, wording(run, step, moved ? 'receipt.moved' : receiptKey(run))));
    if (!moved) say(run, fillFacts(run, wording(run, step, 'receipt.code')));
    return { to: 'next' };
  },
};

function send(step: Handoff): Move {
  const { urgent, outreach } = step.handoff;
  const request: Request = { type: 'handoff', urgent, ...(outreach ? { outreach } : {}) };
  return { to: 'request', stage: 'sending', request };
}

function preview(step: Handoff, run: Run): Move {
  const fixable = step.handoff.edit.length > 0;
  return {
    to: 'wait',
    stage: 'preview',
    choices: [
      choice(wording(run, step, 'handoff.send'), 'send', [
        '送る',
        '送って',
        'はい',
        'ok',
        'お願いします',
        'これでいい',
        '大丈夫',
        'いいです',
      ]),
      choice(wording(run, step, 'handoff.add'), 'add', ['名前', '呼び名', '足す', '追加']),
      ...(fixable ? [choice(wording(run, step, 'handoff.fix'), 'fix', ['直す', '変える', '変更', '修正'])] : []),
      choice(wording(run, step, 'handoff.cancel'), 'cancel', ['送らない', 'いいえ', 'キャンセル']),
    ],
  };
}

function optional(step: Handoff, run: Run, stage: string): Move {
  const back = choice(run.script.texts['common.back'], 'any', ['戻る', 'もどる', 'なし', 'ない']);
  if (stage === 'add') {
    return {
      to: 'wait',
      stage,
      choices: [
        choice(wording(run, step, 'handoff.add_nickname'), 'nickname', ['呼び名', 'ニックネーム']),
        choice(wording(run, step, 'handoff.add_contact'), 'contact', ['名前', '電話', '電話番号']),
        choice(wording(run, step, 'handoff.add_consideration'), 'consideration', ['配慮']),
        back,
      ],
    };
  }
  const skip = choice(wording(run, step, 'handoff.phone_skip'), 'skip', [
    'いいえ',
    'いや',
    '言わない',
    '教えない',
    'なし',
    'ない',
    'スキップ',
  ]);
  const any = choice(wording(run, step, 'handoff.safe_hours_any'), 'any', ['いつでも', '何時でも', 'いつでもいい']);
  return {
    to: 'wait',
    stage,
    choices: [stage === 'phone' || stage === 'home' ? skip : stage === 'hours' ? any : back],
  };
}

function fixMenu(step: Handoff, run: Run): Move {
  const edits = step.handoff.edit.slice(0, 3).map((edit, index) => choice(edit.label, `e:${index}`));
  return { to: 'wait', stage: 'fix', choices: [...edits, choice(run.script.texts['common.back'], 'any', ['戻る'])] };
}

function editTo(step: Handoff, run: Run, value: string): Move {
  const edit = step.handoff.edit[Number(value.slice(2))];
  if (edit === undefined) return preview(step, run);
  letGo(run);
  facts(run).confirmedNeeds = null;
  return { to: 'next', step: edit.go };
}

function hear(step: Handoff, run: Run, heard: Heard): Move | null {
  const known = facts(run);
  const digits = (heard.text ?? '').normalize('NFKC').replaceAll(/\D/gu, '');
  switch (run.session.stage) {
    case 'phone':
    case 'home':
      known.phone = heard;
      return optional(step, run, 'hours');
    case 'hours':
      known.safeHours = heard;
      return preview(step, run);
    case 'nickname':
      known.nickname = heard;
      return preview(step, run);
    case 'contact':
      if (digits.length >= 9) {
        known.phone = heard;
        return optional(step, run, 'hours');
      }
      known.name = heard;
      return preview(step, run);
    case 'consideration':
      known.consideration.push(heard);
      return preview(step, run);
    default:
      return null;
  }
}

function receiptKey(run: Run): TextKey {
  const known = facts(run);
  if (known.booking === null || known.slot === null) return 'receipt.none';
  if (known.way === 'phone' && known.phone !== null) return 'receipt.phone_wait';
  // Nobody can ring a number that staff have not written down yet.
  const reachable = windowOf(run.script.municipality, known.window)?.phone !== undefined;
  if (known.way === 'phone') return reachable ? 'receipt.phone_call' : 'receipt.phone_later';
  return known.way === 'home' ? 'receipt.home' : known.way === 'online' ? 'receipt.online' : 'receipt.visit';
}
