/** The office behind a real port, for real browsers and clients. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { type Office, openOffice } from './harness.ts';

export interface Served {
  office: Office;
  url: string;
  close(): Promise<void>;
}

export async function serveOffice(options: Parameters<typeof openOffice>[0] = {}): Promise<Served> {
  let url = '';
  const office = await openOffice({ publicUrl: () => url, ...options });
  const server = await new Promise<Server>((resolve) => {
    const listening = serve({ fetch: office.app.fetch, port: 0, hostname: '127.0.0.1' }, () =>
      resolve(listening),
    ) as Server;
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    office,
    url,
    async close() {
      office.console.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await office.close();
    },
  };
}
