import type { Heard } from '#contracts/session.ts';
import type { TextKey } from '#contracts/texts.ts';
import { clip } from './clip.ts';
import { fillFacts, needWords } from './fill.ts';
import type { Run } from './run.ts';

/** What staff will see, line by line, before it is sent; nothing else goes into the ticket from this talk (R22). */
export function previewLines(run: Run): { label: string; text: string }[] {
  const { texts } = run.script;
  const known = run.session.facts;
  const lines: [TextKey, string][] = [
    ['handoff.label_words', words(run, known.heard)],
    ['handoff.label_needs', needWords(texts, known)],
    ['handoff.label_household', words(run, known.household)],
    ['handoff.label_window', fillFacts(run, '{窓口}')],
    ['handoff.label_way', fillFacts(run, '{方法}')],
    ['handoff.label_when', known.slot === null ? texts['handoff.no_booking'] : fillFacts(run, '{日時}')],
    [
      'handoff.label_who',
      [known.name, known.nickname].flatMap((h) => h?.text ?? []).join(' / ') || texts['handoff.no_name'],
    ],
    ['handoff.label_contact', [known.phone, known.safeHours].flatMap((h) => h?.text ?? []).join(' / ')],
    ['handoff.label_consideration', words(run, known.consideration)],
  ];
  const answers = Object.entries(known.answers).map(([label, heard]) => ({ label, text: heard.text ?? '' }));
  return [...lines.map(([label, text]) => ({ label: texts[label], text })), ...answers]
    .filter(({ text }) => text !== '')
    .map(({ label, text }) => ({ label, text: clip(text, 300) }));
}

const words = (run: Run, heard: readonly Heard[]): string =>
  heard.map((one) => one.text ?? run.script.texts['handoff.withdrawn']).join('\n');
