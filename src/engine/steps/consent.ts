import type { FlowStepOf } from '#contracts/flow.ts';
import { fill, fillFacts, windowOf } from '../fill.ts';
import { choice, facts, humanChoice, letGo, type Run, type StepHandler, say, wording } from '../run.ts';

/**
 * Asks, per receiving window and purpose, whether what was said may be handed on (R21, R25). The wording is the
 * municipality's; exactly what was shown is stored with the answer.
 *
 *     - step: 同意
 *       consent: { recipients: window, refused: 伝えない }
 */
export const consent: StepHandler<'consent'> = {
  enter(step, run) {
    if (openRecipients(step, run).length === 0) return { to: 'next' };
    const several = openRecipients(step, run).length > 1;
    return {
      to: 'wait',
      stage: null,
      choices: [
        choice(wording(run, step, 'consent.yes'), 'all', [
          'はい',
          'いいです',
          'いいよ',
          'うん',
          'ok',
          'お願いします',
          '伝えて',
          '大丈夫',
        ]),
        ...(several ? [choice(wording(run, step, 'consent.only'), 'one')] : []),
        choice(wording(run, step, 'consent.no'), 'no', [
          'いいえ',
          '伝えないで',
          'いや',
          'だめ',
          'やめて',
          '同意しません',
        ]),
        ...(several ? [] : [choice(wording(run, step, 'consent.detail'), 'detail', ['詳しく', 'くわしく', '何を'])]),
        humanChoice(run),
      ],
    };
  },

  question(step, run) {
    return { text: wordingShown(run, openRecipients(step, run)) };
  },

  answer(step, run, answer) {
    const value = answer.type === 'choice' ? answer.value : '';
    if (value === 'detail') {
      say(run, fillFacts(run, wording(run, step, 'consent.detail_said')));
      return { to: 'wait', stage: null, choices: run.session.asked };
    }
    const given = value === 'all' || value === 'one';
    const { version, purpose } = run.script.municipality.consent;
    const open = openRecipients(step, run);
    const shown = wordingShown(run, open);
    for (const recipient of open) {
      const yes = value === 'all' || (value === 'one' && recipient === facts(run).window);
      facts(run).consents.push({
        recipient,
        purpose,
        state: yes ? 'given' : 'refused',
        wording: shown,
        version,
        at: answer.at,
      });
    }
    if (given) return { to: 'next' };
    // A no to 支援依頼 leaves the talk with the chosen window as it is.
    if (step.consent.recipients !== 'multi_agency') letGo(run);
    say(run, fillFacts(run, wording(run, step, 'consent.refused_said')));
    return { to: 'next', step: step.consent.refused };
  },
};

/** Bodies that have not given an answer to this wording yet: a given consent is not asked for again (R18). */
function openRecipients(step: FlowStepOf<'consent'>, run: Run): string[] {
  const known = facts(run);
  const { version, purpose } = run.script.municipality.consent;
  const wanted = wantedRecipients(step, run);
  return wanted.filter(
    (recipient) =>
      !known.consents.some(
        (entry) =>
          entry.recipient === recipient &&
          entry.purpose === purpose &&
          entry.version === version &&
          entry.state === 'given',
      ),
  );
}

function wantedRecipients(step: FlowStepOf<'consent'>, run: Run): string[] {
  const known = facts(run);
  const own = known.window === null ? [] : [known.window];
  switch (step.consent.recipients) {
    case 'multi_agency':
      return run.script.municipality.windows
        .filter((window) => window.roles?.includes('multi_agency'))
        .map((window) => window.id);
    case 'all':
      return [...new Set([...own, ...known.candidates.map((candidate) => candidate.window)])];
    default:
      return own;
  }
}

function wordingShown(run: Run, recipients: readonly string[]): string {
  const { municipality } = run.script;
  const names = recipients
    .map((id) => windowOf(municipality, id)?.name ?? id)
    .map((name) => `「${name}」`)
    .join('');
  return fill(municipality.consent.wording.trim(), {
    窓口: names,
    目的: municipality.consent.purpose,
    市: municipality.name,
  });
}
