/**
 * What a button carries: `t.<talk>.<turn>.<value>` for an answer in a talk (a button of an older talk or turn is thereby
 * known as such), `c.<command>[.<argument>]` for something that is meant in any state (crisis, booking, delete …).
 */
export type Postback =
  | { type: 'answer'; talk: string; turn: number; value: string }
  | { type: 'command'; command: string; argument: string | null };

/** @returns postback data; at most 300 UTF-16 units as long as `value` is at most 200. */
export function encodePostback(postback: Postback): string {
  if (postback.type === 'answer') return `t.${postback.talk}.${postback.turn}.${postback.value}`;
  return postback.argument === null ? `c.${postback.command}` : `c.${postback.command}.${postback.argument}`;
}

/** @returns null for anything this service did not make. */
export function decodePostback(data: string): Postback | null {
  const answer = /^t\.([\w-]{1,40})\.(\d{1,9})\.([\s\S]{1,200})$/u.exec(data);
  if (answer) return { type: 'answer', talk: answer[1]!, turn: Number(answer[2]), value: answer[3]! };
  const command = /^c\.([\w-]{1,40})(?:\.([\s\S]{1,200}))?$/u.exec(data);
  return command ? { type: 'command', command: command[1]!, argument: command[2] ?? null } : null;
}
