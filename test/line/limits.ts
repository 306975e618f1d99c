/** LINE's hard limits written down a second time, apart from the code under test: what LINE would refuse in these messages. */
import { LINE_LIMITS } from '#line/line-limits.ts';

const graphemes = (text: string): number =>
  [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].length;
type Json = Record<string, unknown>;

export function limitViolations(messages: readonly unknown[]): string[] {
  const found: string[] = [];
  const check = (ok: boolean, what: string): void => {
    if (!ok) found.push(what);
  };
  check(messages.length >= 1 && messages.length <= 5, `${messages.length} messages`);
  for (const message of messages as Json[]) {
    if (message.type === 'text') {
      const text = message.text as string;
      check(text.trim() !== '' && text.length <= 5000, `text of ${text.length}`);
      check(text.isWellFormed(), 'a split surrogate pair');
    } else if (message.type === 'flex') {
      const alt = message.altText as string;
      check(alt.trim() !== '' && alt.length <= 1500, `altText of ${alt.length}`);
      container(message.contents as Json);
    } else check(false, `type ${String(message.type)}`);
    const items = (message.quickReply as { items: Json[] } | undefined)?.items;
    if (items) check(items.length >= 1 && items.length <= 13, `${items.length} quick replies`);
    for (const item of items ?? []) action(item.action as Json, 20);
  }
  check(JSON.stringify(messages).length < 2_000_000, 'more than 2 MB');
  return found;

  function container(contents: Json): void {
    const size = Buffer.byteLength(JSON.stringify(contents));
    if (contents.type === 'carousel') {
      const bubbles = contents.contents as Json[];
      check(size <= 50 * 1024, `carousel of ${size} bytes`);
      check(bubbles.length >= 1 && bubbles.length <= 12, `${bubbles.length} bubbles`);
      check(new Set(bubbles.map((bubble) => bubble.size)).size === 1, 'bubbles of several sizes');
      for (const bubble of bubbles) container(bubble);
      return;
    }
    check(size <= 30 * 1024, `bubble of ${size} bytes`);
    check(
      ['header', 'hero', 'body', 'footer'].some((block) => block in contents),
      'a bubble without a block',
    );
    for (const block of ['header', 'body', 'footer']) if (contents[block]) component(contents[block] as Json);
  }

  function component(part: Json): void {
    if (part.type === 'box') {
      const inner = part.contents as Json[];
      check(inner.length > 0, 'an empty box');
      for (const one of inner) component(one);
    }
    if (part.type === 'text') check(String(part.text).trim() !== '', 'must be non-empty text');
    if (part.action) action(part.action as Json, 40);
    else check(part.type !== 'button', 'a button without action');
  }

  function action(one: Json, labelLimit: number): void {
    const label = String(one.label ?? '');
    check(label.trim() !== '' && graphemes(label) <= labelLimit, `label of ${graphemes(label)}`);
    if (one.type === 'postback') {
      check(graphemes(String(one.displayText ?? '')) <= 300, 'displayText');
    }
    if (one.type === 'postback' || one.type === 'datetimepicker') {
      const data = String(one.data ?? '');
      check(data !== '' && data.length <= LINE_LIMITS.postbackData, `data of ${data.length}`);
    }
    if (one.type === 'uri') {
      const uri = String(one.uri ?? '');
      check(/^(?:https?|line|tel):[\x21-\x7e]+$/u.test(uri) && uri.length <= 1000, `uri of ${uri.length}`);
    }
    if (one.type === 'datetimepicker') {
      const { min, max, initial } = one as { min?: string; max?: string; initial?: string };
      for (const day of [min, max, initial]) {
        check(day === undefined || (/^(?:19|20|21)\d\d-[01]\d-[0-3]\d$/u.test(day) && day <= '2100-12-31'), 'a day');
      }
      check(min === undefined || max === undefined || min < max, 'min and max');
      check(initial === undefined || ((min ?? initial) <= initial && initial <= (max ?? initial)), 'initial');
    }
  }
}
