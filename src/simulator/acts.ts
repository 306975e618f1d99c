/** What a form of the page asks for, carried out on the stand-in. */
import type { FakeLine } from './create-fake-line.ts';
import { actionsOf } from './screen-text.ts';
import type { Fault, FaultKind, MediaKind } from './wire.ts';

const MEDIA: readonly string[] = ['image', 'video', 'audio', 'file', 'location'];
/** A date, a time, or both. */
const PICKED = /^(?=.{5})(?:\d{4}-\d\d-\d\d)?T?(?:\d\d:\d\d)?$/u;
const KINDS: readonly string[] = ['rate', 'quota', 'error', 'error_taken', 'reset', 'lost', 'slow', 'unauthorized'];

/**
 * Starts the act; the screens tell the rest. A webhook that is answered late does not keep the page waiting.
 * @returns false when the form asks for something that can't be done (any more).
 */
export function carryOut(line: FakeLine, form: Record<string, string>): boolean {
  if (form.user !== undefined) return actOf(line, form.user, form);
  const city = form.city ?? '';
  switch (form.act) {
    case 'add':
      line.addResident(city, form.name?.trim() || `住民${line.residents(city).length + 1}`);
      return true;
    case 'fault': {
      if (!KINDS.includes(form.kind ?? '')) return false;
      const times = Number(form.times) > 0 ? Number(form.times) : Number.POSITIVE_INFINITY;
      const on: Fault['on'] = form.on === 'reply' || form.on === 'push' ? form.on : 'any';
      line.fault({ kind: form.kind as FaultKind, on, municipality: city, times, ms: 5000 });
      return true;
    }
    case 'clear-faults':
      line.clearFaults();
      return true;
    case 'redeliver':
      start(line.redeliver());
      return true;
    default:
      return false;
  }
}

function actOf(line: FakeLine, userId: string, form: Record<string, string>): boolean {
  const resident = line.resident(userId);
  if (resident === undefined) return false;
  if (form.act === 'follow') {
    start(line.follow(userId));
    return true;
  }
  if (resident.blocked) return false;
  if (form.act === 'block') start(line.unfollow(userId));
  else if (form.press !== undefined) {
    const [id, at] = form.press.split(':');
    const message = resident.received.find((one) => one.id === id);
    const action = message === undefined ? undefined : actionsOf(message)[Number(at)];
    if (action === undefined) return false;
    if (action.type === 'datetimepicker' && !PICKED.test(form.picked ?? '')) return false;
    start(line.press(userId, action, form.picked));
  } else if (form.unsend !== undefined) {
    const own = resident.bubbles.find((one) => one.id === form.unsend);
    if (own?.from !== 'resident' || own.unsent) return false;
    start(line.unsend(userId, own.id));
  } else if (form.sticker !== undefined) start(line.sendSticker(userId, { packageId: '446', stickerId: form.sticker }));
  else if (form.media !== undefined && MEDIA.includes(form.media))
    start(line.sendMedia(userId, form.media as MediaKind));
  else {
    // A browser sends line breaks of a form as CR LF; the app sends LF.
    const text = (form.text ?? '').replaceAll('\r\n', '\n').trim().slice(0, 5000);
    if (text === '') return false;
    start(line.say(userId, text));
  }
  return true;
}

/** What goes wrong on the way shows on the screen (no 既読) and in the log; the page does not wait for it. */
function start(act: Promise<unknown>): void {
  act.catch(() => undefined);
}
