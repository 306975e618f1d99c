/**
 * The web application: which rooms answer under which path, how errors become HTTP, health and metrics. It knows no
 * environment and opens no connection.
 */
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from '#support/logger.ts';
import type { Metrics } from '#support/metrics.ts';

export interface AppOptions {
  /** Sub-applications, mounted in this order: `['/line', routes]`. */
  mounts: readonly (readonly [path: string, routes: Hono])[];
  /** Rejects while something the service needs does not answer. */
  ready(): Promise<void>;
  metrics: Metrics;
  log: Logger;
}

export function createApp(options: AppOptions): Hono {
  const { metrics, log } = options;
  // `/console` and `/console/` are the same page.
  const app = new Hono({ strict: false });
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', async (c) => {
    try {
      await options.ready();
      return c.text('ready\n');
    } catch (error) {
      log.warn('not ready', { error });
      return c.text('not ready\n', 503);
    }
  });
  app.get('/metrics', async (c) => c.body(await metrics.text(), 200, { 'content-type': metrics.contentType }));
  for (const [path, routes] of options.mounts) app.route(path, routes);
  app.notFound((c) => c.text('not found\n', 404));
  app.onError((error, c) => {
    // A refusal with its status (a form too large), not a fault.
    if (error instanceof HTTPException) return error.getResponse();
    // The answer never quotes the error: it may quote what a resident wrote.
    log.error('a request failed', { method: c.req.method, path: c.req.routePath, error });
    metrics.count('http_failures', { path: c.req.routePath });
    return c.text('internal error\n', 500);
  });
  return app;
}
