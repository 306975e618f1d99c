/** 「もう聞かないで」, in the words people use: whatever question of ours it was, none of them is asked again (R31). */
import { endTouch } from '#handoff/cases/touch.ts';
import { putIntroduced } from '#handoff/introduction.ts';
import type { Talk } from './talk.ts';

const STOP =
  /(?:聞かないで|きかないで|聞くのを?(?:やめ|止め)|送らないで|おくらないで|連絡(?:しないで|はいらない|不要))/u;

export const isStop = (text: string): boolean => STOP.test(text.normalize('NFKC'));

/** Ends what is still to be asked about the person's tickets; the answer itself is kept by whoever heard it. */
export async function stopAsking({ draft, contact, now }: Talk): Promise<void> {
  for (const id of contact.tickets) {
    const touch = await draft.get('touch', id);
    if (touch?.state === 'on' || touch?.state === 'asked') await endTouch(draft, touch, 'stopped', now);
    const ticket = await draft.get('ticket', id);
    if (ticket?.introduction?.mayAsk === 'yes') {
      const introduction = { ...ticket.introduction, mayAsk: 'stopped' as const, nextAt: null };
      await putIntroduced(draft, { ...ticket, introduction, updatedAt: now });
    }
  }
}
