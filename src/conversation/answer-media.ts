/** Stickers, pictures, voice, files: answered kindly, never fetched, and the open question is put again. */
import type { Incoming } from '#contracts/event.ts';
import { toHuman } from './floor.ts';
import { sayAgain } from './say-again.ts';
import type { Talk } from './talk.ts';

export async function answerMedia(talk: Talk, event: Extract<Incoming, { type: 'media' }>): Promise<void> {
  if (await toHuman(talk, event)) return;
  await sayAgain(talk, talk.script.texts[`reply.${event.media}`]);
}
