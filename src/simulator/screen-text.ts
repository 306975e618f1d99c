/** A message as its reader hears it: the words in order, what can be tapped in 「」. */
import type { FlexNode, LineAction, LineMessage } from './wire.ts';

export function screenText(messages: readonly LineMessage[]): string[] {
  return messages.map((message) => {
    const buttons = (message.quickReply?.items ?? []).map((item) => `「${item.action.label ?? ''}」`);
    return [...wordsOf(message), ...buttons].join('\n');
  });
}

/** Everything tappable of a message, in the order of the screen. */
export function actionsOf(message: LineMessage): LineAction[] {
  const found: LineAction[] = [];
  collect(message.contents ?? message.template ?? {}, found);
  return [...found, ...(message.quickReply?.items ?? []).map((item) => item.action)];
}

function collect(part: unknown, found: LineAction[]): void {
  if (Array.isArray(part)) for (const one of part) collect(one, found);
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return;
  const { action, ...rest } = part as Record<string, unknown>;
  if (action !== undefined) found.push(action as LineAction);
  // Templates list actions directly.
  if (Array.isArray(rest.actions)) found.push(...(rest.actions as LineAction[]));
  for (const child of Object.values(rest)) if (child !== rest.actions) collect(child, found);
}

function wordsOf(message: LineMessage): string[] {
  if (message.text !== undefined) return [message.text];
  if (message.contents !== undefined) return flexWords(message.contents as unknown as FlexNode);
  if (message.template !== undefined) {
    const { title, text } = message.template as { title?: string; text?: string };
    return [title, text, ...actionsOf(message).map((action) => `「${action.label ?? ''}」`)].filter(
      (one) => one !== undefined,
    );
  }
  return [`[${message.type}]`];
}

function flexWords(node: FlexNode): string[] {
  if (node.type === 'button') return [`「${node.action?.label ?? ''}」`];
  if (node.type === 'text') return [node.text ?? (node.contents ?? []).map((span) => span.text ?? '').join('')];
  const children = node.type === 'bubble' ? [node.header, node.hero, node.body, node.footer] : (node.contents ?? []);
  return (children as (FlexNode | undefined)[]).flatMap((child) => (child === undefined ? [] : flexWords(child)));
}
