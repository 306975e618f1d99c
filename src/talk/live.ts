/** One event stream a page: it says only that something is new; the page fetches its part again. No words, no ids. */
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Desk, Env } from './desk.ts';

const HEARTBEAT_MS = 20_000;
const MOST_PER_VISIT = 4;
const MOST = 5_000;

export function liveRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  const open = new Map<string, number>();
  let all = 0;
  app.get('/events', (c) => {
    const city = c.get('city').id;
    const { begun, contact } = c.get('visit');
    if (begun === null) return c.body(null, 401);
    const mine = open.get(contact) ?? 0;
    if (mine >= MOST_PER_VISIT || all >= MOST) return c.body(null, 429);
    // A proxy must not collect what should be seen at once.
    c.header('x-accel-buffering', 'no');
    const answer = streamSSE(c, async (stream) => {
      open.set(contact, (open.get(contact) ?? 0) + 1);
      all += 1;
      let changed = false;
      let wake = (): void => {};
      const stop = desk.store.watch((change) => {
        if (change.municipality !== city || change.kind !== 'page_message' || !change.id.startsWith(`${contact}.`))
          return;
        changed = true;
        wake();
      });
      const end = (): void => wake();
      desk.closing.addEventListener('abort', end, { once: true });
      stream.onAbort(end);
      try {
        await stream.writeSSE({ event: 'ready', data: '' });
        while (!stream.aborted && !desk.closing.aborted) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, HEARTBEAT_MS);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
            if (changed) wake();
          });
          if (stream.aborted || desk.closing.aborted) break;
          const news = changed;
          changed = false;
          if (news) await stream.writeSSE({ event: 'news', data: '' });
          else await stream.write(': still here\n\n');
        }
      } finally {
        stop();
        desk.closing.removeEventListener('abort', end);
        all -= 1;
        const left = (open.get(contact) ?? 1) - 1;
        if (left <= 0) open.delete(contact);
        else open.set(contact, left);
      }
    });
    // Its connection ends with it: see `console/live.ts`.
    answer.headers.set('connection', 'close');
    return answer;
  });
  return app;
}
