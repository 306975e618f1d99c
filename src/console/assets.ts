/** The few files a page loads: one style sheet, one script, htmx, an icon. Their address carries their hash. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';

const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' } as const;

export function createAssets(): { routes: Hono; address(name: string): string } {
  const own = (name: string): string => join(import.meta.dirname, 'assets', name);
  const htmx = fileURLToPath(import.meta.resolve('htmx.org/dist/htmx.min.js'));
  const files = new Map(
    Object.entries({
      'console.css': own('console.css'),
      'console.js': own('console.js'),
      'icon.svg': own('icon.svg'),
      'htmx.js': htmx,
    }).map(([name, file]) => {
      const bytes = readFileSync(file);
      return [name, { bytes, hash: createHash('sha256').update(bytes).digest('hex').slice(0, 12) }];
    }),
  );
  const routes = new Hono();
  routes.get('/:name', (c) => {
    const file = files.get(c.req.param('name'));
    if (!file) return c.text('not found\n', 404);
    const type = TYPES[c.req.param('name').split('.').at(-1) as keyof typeof TYPES];
    const fresh = c.req.query('v') === file.hash;
    const cache = fresh ? 'public, max-age=31536000, immutable' : 'no-cache';
    return c.body(new Uint8Array(file.bytes), 200, { 'content-type': type, 'cache-control': cache });
  });
  return { routes, address: (name) => `/console/assets/${name}?v=${files.get(name)?.hash ?? ''}` };
}
