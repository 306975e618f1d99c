/** Adds words to what was heard without moving the flow: what was said in a crisis need not be told again. */
import type { Heard, Session } from '#contracts/session.ts';

export function withHeard(session: Session, heard: Heard): Session {
  return { ...session, facts: { ...session.facts, heard: [...session.facts.heard, heard] } };
}
