/** Promises for what has yet to come, so that no test has to sleep. */
import type { Call, LineMessage } from './wire.ts';

export interface Waiting {
  forMessages(userId: string, count: number, so: LineMessage[]): Promise<LineMessage[]>;
  forCall(test: (call: Call) => boolean, so: readonly Call[]): Promise<Call>;
  received(userId: string, all: LineMessage[]): void;
  called(call: Call): void;
}

export function createWaiting(): Waiting {
  const messages = new Map<string, { count: number; done: (all: LineMessage[]) => void }[]>();
  let calls: { test: (call: Call) => boolean; done: (call: Call) => void }[] = [];
  return {
    forMessages(userId, count, so) {
      if (so.length >= count) return Promise.resolve(so);
      return new Promise((done) => messages.set(userId, [...(messages.get(userId) ?? []), { count, done }]));
    },
    forCall(test, so) {
      const past = so.find(test);
      return past === undefined ? new Promise((done) => calls.push({ test, done })) : Promise.resolve(past);
    },
    received(userId, all) {
      const open = messages.get(userId);
      if (open === undefined) return;
      for (const one of open) if (all.length >= one.count) one.done(all);
      const rest = open.filter((one) => all.length < one.count);
      if (rest.length > 0) messages.set(userId, rest);
      else messages.delete(userId);
    },
    called(call) {
      if (calls.length === 0) return;
      const met = new Set(calls.filter((one) => one.test(call)));
      calls = calls.filter((one) => !met.has(one));
      for (const one of met) one.done(call);
    },
  };
}
