import type { About } from '#contracts/labels.ts';
import type { Choice, Message } from '#contracts/message.ts';
import { type CrisisLine, WEEKDAYS } from '#contracts/municipality.ts';
import { encodePostback } from '#contracts/postback.ts';
import type { CrisisFile, CrisisKind, Speaker } from './schemas.ts';

interface Registry {
  readonly crisis: CrisisFile;
  readonly crisisLines: readonly CrisisLine[];
}

/** Who writes, as far as the words tell (R30): the answer to a child differs from that to a neighbour or a parent. */
export function crisisSpeaker({ crisis }: Registry, said: { kind: CrisisKind; text: string; about: About }): Speaker {
  const order = ['neighbour', 'parent', 'child'] as const;
  const named = order.find((speaker) => crisis.speakers[speaker].some((word) => said.text.includes(word)));
  if (named !== undefined) return named;
  return said.about === 'other' ? 'neighbour' : 'adult';
}

/**
 * The one screen of a crisis (R15): heard, 110/119, two or three lines open at this moment, the button to tell the city.
 * @param options.at milliseconds UTC @param options.open whether a member of staff reads now (R16)
 */
export function crisisMessages(
  registry: Registry,
  options: { kind: CrisisKind; speaker: Speaker; at: number; open: boolean },
): Message[] {
  const { crisis, crisisLines } = registry;
  const screen = crisis.kinds[options.kind][options.speaker];
  const lines = screen.lines
    .flatMap((id) => crisisLines.find((line) => line.id === id) ?? [])
    .filter((line) => isOpen(line, options.at))
    .slice(0, 3);
  const list = lines.map((line) => `■ ${line.name} ${line.number}${line.free ? '（無料）' : ''}`).join('\n');
  const parts = [
    screen.say.trim(),
    ...(list === '' ? [] : [`${crisis.lines_lead}\n${list}`]),
    options.open ? crisis.open : crisis.closed,
  ];
  const command = (label: string, name: string): Choice => ({
    label,
    kind: 'postback',
    data: encodePostback({ type: 'command', command: name, argument: null }),
  });
  const calls = lines.slice(0, 2).map((line): Choice => {
    const label = [...`${line.number}${crisis.call}`].slice(0, 20).join('');
    return { label, kind: 'uri', data: '', uri: `tel:${line.number.replaceAll('-', '').replaceAll('#', '%23')}` };
  });
  const choices = [command(crisis.tell, 'crisis-tell'), ...calls, command(crisis.continue, 'continue')];
  return [{ type: 'text', text: parts.join('\n\n'), choices }];
}

/** Whether a line answers at a moment (Japan time). Emergency numbers do so even when their entry has expired. */
function isOpen(line: CrisisLine, at: number): boolean {
  const here = new Date(at + 9 * 3_600_000);
  const [day, clock] = [here.toISOString().slice(0, 10), here.toISOString().slice(11, 16)];
  const always = line.number === '110' || line.number === '119';
  if (!always && line.expires < day) return false;
  if (line.closures.some((closure) => within(closure, day))) return false;
  const intervals = line.monthly[String(here.getUTCDate())] ?? line.hours[WEEKDAYS[here.getUTCDay()]!];
  return intervals.some((interval) => interval.slice(0, 5) <= clock && clock < interval.slice(6));
}

/** `12-29/01-03` (each year), `2026-12-29`, or a range of such dates. */
function within(closure: string, day: string): boolean {
  const [from = '', to = from] = closure.split('/');
  const date = from.length === 5 ? day.slice(5) : day;
  return from <= to ? from <= date && date <= to : date >= from || date <= to;
}
