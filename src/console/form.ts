/** Fields of a posted form, and the address's question. A missing field is an empty text. */
import type { Ctx } from './desk.ts';

export interface Fields {
  one(name: string): string;
  all(name: string): string[];
  has(name: string): boolean;
  names(): string[];
}

export async function fieldsOf(c: Ctx): Promise<Fields> {
  const body = await c.req.parseBody({ all: true });
  const all = (name: string): string[] => {
    const value = Object.hasOwn(body, name) ? body[name] : undefined;
    const values = Array.isArray(value) ? value : value === undefined ? [] : [value];
    return values.filter((one): one is string => typeof one === 'string').map((one) => one.replaceAll('\r\n', '\n'));
  };
  return {
    all,
    one: (name) => all(name)[0] ?? '',
    has: (name) => all(name).length > 0,
    names: () => Object.keys(body),
  };
}

/** Only a path of this console: an address from outside never decides where somebody lands. */
export function safeNext(c: Ctx, next: string): string | null {
  const home = `/console/${c.get('city').id}`;
  return next.startsWith(`${home}/`) && !next.includes('//') && !next.includes('\\') && !next.includes('/live/')
    ? next
    : null;
}
