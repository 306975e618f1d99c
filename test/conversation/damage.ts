/** Makes what is stored of one kind unreadable, as a disk or a hand does. */
import { DatabaseSync } from 'node:sqlite';

export function damage(dbPath: string, kind: string): void {
  const db = new DatabaseSync(dbPath, { timeout: 1000 });
  db.prepare(
    `UPDATE records SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB)
     WHERE space = (SELECT space FROM spaces WHERE municipality = 'ashiya' AND kind = ?)`,
  ).run(kind);
  db.close();
}
