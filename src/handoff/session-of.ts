/** Where a contact's talk stands. */
import type { Session } from '#contracts/session.ts';
import type { Draft } from '#store/draft.ts';
import type { Body } from '#store/kinds.ts';

/** Earlier versions kept it as a record beside the contact. */
export async function sessionOf(draft: Draft, id: string, contact: Body<'contact'>): Promise<Session | null> {
  if (contact.talk !== undefined) return contact.talk?.session ?? null;
  return (await draft.get('session', id))?.session ?? null;
}
