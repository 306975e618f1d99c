/** Asks the Sentinels, one after the other, where the master is. */
import { inTime, newClient } from './client.ts';
import type { Address, Target } from './target.ts';

/** @throws the last Sentinel's error when none of them knows. */
export async function findMaster(target: Target, waitMs: number): Promise<Address> {
  const { name, login } = target.sentinel!;
  let problem: unknown = new Error('no Sentinel was named');
  for (const node of target.nodes) {
    const client = newClient({ at: node, login, tls: target.tls, database: 0, connectTimeout: waitMs / 2 });
    try {
      await inTime(client.connect(), waitMs / 2, 'the Sentinel did not greet in time');
      const asked = client.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name]) as Promise<unknown>;
      const answer = (await inTime(asked, waitMs / 2, 'the Sentinel did not answer in time')) as Buffer[] | null;
      if (answer !== null) return { host: String(answer[0]), port: Number(String(answer[1])) };
      problem = new Error(`the Sentinel knows no master named ${name}`);
    } catch (error) {
      problem = error;
    } finally {
      client.destroy();
    }
  }
  throw problem;
}
