/**
 * The rule of mode `page` (R2): what is written on LINE is not kept, not even for the moment until its turn. Before anything
 * is stored, words become an event without words; only whether they mean danger is found out, in memory (R14).
 */
import { crisisSpeaker } from '#content/crisis-messages.ts';
import type { Incoming } from '#contracts/event.ts';
import { isRuled } from './answer-text.ts';
import type { World } from './talk.ts';

export function withoutWords(world: World, events: readonly Incoming[]): Promise<Incoming[]> {
  return Promise.all(
    events.map((event) =>
      event.type === 'text' && event.channel === 'line' && isPageCity(world, event.municipality)
        ? withoutWord(world, event)
        : event,
    ),
  );
}

export async function withoutWord(
  world: World,
  event: Extract<Incoming, { type: 'text' }>,
): Promise<Extract<Incoming, { type: 'unread' }>> {
  const { text: written, ...rest } = event;
  const text = written.trim();
  const content = world.content();
  const command = content.repair(text);
  const assessment = await world.triage.assess(text);
  const danger = assessment.crisis !== 'none' && (command === null || isRuled(assessment)) ? assessment.crisis : 'none';
  const speaker = danger === 'none' ? null : crisisSpeaker(content, { kind: danger, text, about: assessment.about });
  return { ...rest, type: 'unread', crisis: danger, speaker, erase: command === 'erase' };
}

/** The mode stands in the city's file; it is read there even while the rest of the city's files is broken. */
function isPageCity(world: World, municipality: string): boolean {
  const city = world.script(municipality)?.municipality ?? world.content().municipalities.get(municipality);
  return city?.mode === 'page';
}
