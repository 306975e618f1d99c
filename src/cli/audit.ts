/** `tsunagi audit verify`: whether each city's audit log is whole: no line removed, changed, or put in between (R24). */
import { type AuditVerdict, verifyAudit } from '#handoff/audit.ts';
import type { Store } from '#store/store.ts';
import type { Out } from './out.ts';

const WHY: Record<Extract<AuditVerdict, { ok: false }>['why'], string> = {
  missing: '行がなくなっています',
  changed: '行が書きかえられています',
  unlinked: '前の行とつながっていません',
  twice: '同じ番号の行が二つあります',
};

/** @returns 0 when every chain holds, 1 otherwise. */
export async function auditVerify(
  options: { json?: boolean },
  io: Out,
  { store, municipalities }: { store: Store; municipalities: readonly string[] },
): Promise<number> {
  const verdicts = await Promise.all(
    municipalities.map(async (city) => ({ city, ...(await verifyAudit(store, city)) })),
  );
  if (options.json) io.stdout.write(`${JSON.stringify(verdicts)}\n`);
  else for (const verdict of verdicts) io.stdout.write(`${sentence(verdict)}\n`);
  return verdicts.every(({ ok }) => ok) ? 0 : 1;
}

function sentence(verdict: AuditVerdict & { city: string }): string {
  if (!verdict.ok) return `${verdict.city}: ${verdict.sequence}番目の${WHY[verdict.why]}。`;
  const open =
    verdict.open === 0
      ? ''
      : `（まだつないでいない新しい行が${verdict.open}行。サービスが動いていれば、すぐつながります）`;
  return `${verdict.city}: ${verdict.lines}行、つながっています${open}`;
}
