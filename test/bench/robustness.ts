/**
 * `npm run bench -- robustness`: each evaluation message written another way (kana, widths, spaces, lengthened sounds, emoji,
 * slips of the thumb), and how often the answer stays; a crisis that is no longer seen is counted by itself.
 */
import { createKuromojiTokenizer } from '#triage/kuromoji-tokenizer.ts';
import { CACHE, evaluationMessages, ownTriage } from '../triage/triage-fixture.ts';
import { sameAnswer, variants } from '../triage/variants.ts';

export async function run(): Promise<void> {
  const triage = await ownTriage();
  const messages = evaluationMessages();
  const before = messages.map(({ text }) => triage.assess(text));
  for (const [name, { change, stays }] of Object.entries(variants(createKuromojiTokenizer({ cacheDir: CACHE })))) {
    const after = messages.map(({ text }) => triage.assess(change(text)));
    const same = after.filter((answer, i) => sameAnswer(before[i]!, answer)).length;
    const seen = before.filter(({ crisis }) => crisis !== 'none').length;
    const lost = after.filter(({ crisis }, i) => before[i]!.crisis !== 'none' && crisis === 'none').length;
    const share = ((100 * same) / messages.length).toFixed(1).padStart(5);
    console.log(`${name.padEnd(26)} stays ${share} % (bound ${100 * stays} %), crises lost ${lost} of ${seen}`);
  }
}
