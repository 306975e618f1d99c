/** What is live: one event stream a page, naming only what has changed; the page fetches the part again. */
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { banner } from './banner.ts';
import type { Desk, Env } from './desk.ts';
import { readSession } from './sessions.ts';

const HEARTBEAT_MS = 20_000;
/** A burst of changes is told once. */
const GATHER_MS = 150;

export function liveRoutes(desk: Desk): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/live/banner', async (c) => c.html(await banner(desk, c)));

  /** Events: `tickets` (some ticket changed), `ticket` (the one on the page), `alert`, `signed-out`. No words, no ids. */
  app.get('/live/events', (c) => {
    const city = c.get('city').id;
    const ticket = c.req.query('ticket') ?? '';
    // A proxy must not collect what should be seen at once.
    c.header('x-accel-buffering', 'no');
    const answer = streamSSE(c, async (stream) => {
      const changed = new Set<string>();
      let wake: () => void = () => {};
      const stop = desk.store.watch((change) => {
        if (change.municipality !== city) return;
        if (change.kind === 'ticket') changed.add('tickets');
        if (change.kind === 'ticket' && change.id === ticket) changed.add('ticket');
        if (change.kind === 'alert') changed.add('alert');
        if (changed.size > 0) wake();
      });
      const end = (): void => wake();
      desk.closing.addEventListener('abort', end, { once: true });
      stream.onAbort(end);
      try {
        await stream.writeSSE({ event: 'ready', data: '' });
        while (!stream.aborted && !desk.closing.aborted) {
          const timer = await waitFor((resolve) => {
            wake = resolve;
            // Something may have changed while the last events were being written.
            if (changed.size > 0) resolve();
          }, HEARTBEAT_MS);
          if (stream.aborted || desk.closing.aborted) break;
          if (timer === 'late') {
            if ((await readSession(desk, c, { touch: false })) === null) {
              await stream.writeSSE({ event: 'signed-out', data: '' });
              break;
            }
            await stream.write(': still here\n\n');
            continue;
          }
          await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
          const names = [...changed];
          changed.clear();
          for (const name of names) await stream.writeSSE({ event: name, data: '' });
        }
      } finally {
        stop();
        desk.closing.removeEventListener('abort', end);
      }
    });
    // Its connection ends with it: a browser that comes back on the same one keeps a stopping server from its end.
    answer.headers.set('connection', 'close');
    return answer;
  });
  return app;

  function waitFor(arm: (resolve: () => void) => void, ms: number): Promise<'late' | 'woken'> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve('late'), ms);
      arm(() => {
        clearTimeout(timer);
        resolve('woken');
      });
    });
  }
}
