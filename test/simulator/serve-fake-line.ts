/** The stand-in for LINE on a port of its own, and webhooks over real HTTP: for a service in another process. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';

export async function serveFakeLine(fake: { api: Hono }, port = 0): Promise<{ url: string; close(): Promise<void> }> {
  const server = createAdaptorServer({ fetch: fake.api.fetch });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** @param baseUrl asked at each delivery, because the service may have come back elsewhere. */
export function deliverTo(baseUrl: () => string) {
  return async (municipality: string, body: Uint8Array, signature: string): Promise<number> => {
    const answer = await fetch(`${baseUrl()}/line/${municipality}/webhook`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json; charset=utf-8', 'x-line-signature': signature },
    });
    await answer.arrayBuffer();
    return answer.status;
  };
}
