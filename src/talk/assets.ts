/** The style sheet and the script of the page. Their address carries their hash. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';

const TYPES = { 'talk.css': 'text/css; charset=utf-8', 'talk.js': 'text/javascript; charset=utf-8' } as const;

export function createAssets(): { routes: Hono; address(name: string): string } {
  const files = new Map(
    Object.entries(TYPES).map(([name, type]) => {
      const bytes = readFileSync(join(import.meta.dirname, 'assets', name));
      return [name, { type, bytes, hash: createHash('sha256').update(bytes).digest('hex').slice(0, 12) }];
    }),
  );
  const routes = new Hono();
  routes.get('/:name', (c) => {
    const file = files.get(c.req.param('name'));
    if (!file) return c.text('not found\n', 404);
    const cache = c.req.query('v') === file.hash ? 'public, max-age=31536000, immutable' : 'no-cache';
    return c.body(new Uint8Array(file.bytes), 200, { 'content-type': file.type, 'cache-control': cache });
  });
  return { routes, address: (name) => `/talk/assets/${name}?v=${files.get(name)?.hash ?? ''}` };
}
