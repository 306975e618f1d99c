/**
 * Whether someone is in danger. Rules of dictionaries/crisis.txt decide where they are sure; where they only suspect, or say
 * nothing, the learned score decides. When a careful reader could not rule it out, it is a crisis.
 */
import type { Crisis } from '#contracts/labels.ts';
import type { Analysis } from './features.ts';

type Kind = Exclude<Crisis, 'none'>;
const KINDS: readonly Kind[] = ['suicide', 'violence', 'child_abuse', 'medical'];
/** The learned score alone is believed from here on; lower where a rule suspects, higher where an idiom was seen. */
const BELIEVED = 0.4;
const SUSPECTED = 0.15;
const HARMLESS = 0.75;

export function crisisOf(analysis: Analysis, p: (head: string) => number): Crisis {
  const harmless = analysis.patterns.filter((hit) => hit.entry.says.kind === 'harmless');
  const hits = analysis.patterns.filter(
    (hit) => hit.entry.says.kind === 'crisis' && !harmless.some((h) => h.start <= hit.start && h.end >= hit.end),
  );
  const sure = hits.find((hit) => hit.entry.says.kind === 'crisis' && hit.entry.says.sure);
  if (sure !== undefined && sure.entry.says.kind === 'crisis') return bestKind(p, sure.entry.says.crisis);
  const from = hits.length > 0 ? SUSPECTED : harmless.length > 0 ? HARMLESS : BELIEVED;
  if (p('crisis:any') < from) return 'none';
  const suspected = hits[0]?.entry.says;
  return bestKind(p, suspected?.kind === 'crisis' ? suspected.crisis : undefined);
}

/** The learned kinds choose; a rule's kind wins unless another is much likelier. */
function bestKind(p: (head: string) => number, byRule: Kind | undefined): Kind {
  const learned = KINDS.reduce((best, kind) => (p(`crisis:${kind}`) > p(`crisis:${best}`) ? kind : best));
  if (byRule === undefined || p(`crisis:${learned}`) > p(`crisis:${byRule}`) + 0.6) return learned;
  return byRule;
}
