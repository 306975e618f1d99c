import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { describe, expect, it } from 'vitest';
import { createApp } from '#app';
import { createLogger } from '#support/logger.ts';
import { createMetrics } from '#support/metrics.ts';

function open(ready: () => Promise<void>) {
  const lines: string[] = [];
  const routes = new Hono();
  routes.post('/form', bodyLimit({ maxSize: 10 }), (c) => c.text('taken'));
  routes.get('/broken', () => {
    throw new Error('母の介護のこと');
  });
  const log = createLogger({ level: 'debug', write: (line) => lines.push(line) });
  return { app: createApp({ mounts: [['/x', routes]], ready, metrics: createMetrics(), log }), lines };
}

describe('the application', () => {
  it('is alive always, ready only when what it needs answers', async () => {
    expect((await open(async () => {}).app.request('/readyz')).status).toBe(200);
    const { app } = open(() => Promise.reject(new Error('away')));
    expect((await app.request('/readyz')).status).toBe(503);
    expect((await app.request('/healthz')).status).toBe(200);
  });

  it('shows its counters to Prometheus', async () => {
    const answer = await open(async () => {}).app.request('/metrics');
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(await answer.text()).toContain('process_cpu_user_seconds_total');
  });

  it('answers a form that is too large with 413, not as a fault of its own', async () => {
    const { app } = open(async () => {});
    const large = { method: 'POST', body: 'x'.repeat(100), headers: { 'content-length': '100' } };
    expect((await app.request('/x/form', large)).status).toBe(413);
  });

  it('quotes an error neither to the caller nor in the log', async () => {
    const { app, lines } = open(async () => {});
    const answer = await app.request('/x/broken');
    expect(answer.status).toBe(500);
    expect((await answer.text()) + lines.join('')).not.toContain('介護');
    expect(lines.join('')).toContain('a request failed');
  });
});
