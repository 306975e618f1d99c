/** What leaves the console as a file, and what stays on record of it. */
import iconv from 'iconv-lite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chainAudit } from '#handoff/audit.ts';
import { demoTickets } from './demo-tickets.ts';
import { type Browser, CITY, type Office, openOffice } from './harness.ts';

let office: Office;
let sato: Browser & { id: string };
let main: string;
beforeEach(async () => {
  office = await openOffice();
  sato = await office.enter('sato', ['counsellor'], ['sogo']);
  main = (await demoTickets(office, { sato: sato.id })).main.id;
  await sato.get('/tickets');
});
afterEach(() => office.close());

const bytes = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

describe('an export', () => {
  it('is masked unless asked for in full, and on record either way', async () => {
    const masked = await bytes(
      await sato.post('/export', { ticket: main, form: 'tsunagu-sheet', format: 'csv', full: '' }),
    );
    expect([...masked.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(masked.toString()).toContain('K4T-9QWA');
    expect(masked.toString()).not.toContain('父が夜になると');
    // Lines of one millisecond have no order of their own.
    office.clock.advance(1000);
    const full = await bytes(
      await sato.post('/export', { ticket: main, form: 'tsunagu-sheet', format: 'csv', full: '1' }),
    );
    expect(full.toString()).toContain('父が夜になると');
    expect(full.toString()).toContain('本人が取り消しました');
    const lines = (await office.audit()).filter(({ action }) => action === 'ticket.export');
    expect(lines.map(({ by, subject, detail }) => [by === sato.id, subject, detail.full])).toEqual([
      [true, main, 'false'],
      [true, main, 'true'],
    ]);
  });

  it('is Shift_JIS where asked', async () => {
    const response = await sato.post('/export', { ticket: main, form: 'intake', format: 'csv-sjis', full: '1' });
    expect(response.headers.get('content-type')).toContain('Shift_JIS');
    const text = iconv.decode(await bytes(response), 'cp932');
    expect(text).toContain('相談者');
    expect(text).toContain('ガス代の督促');
  });

  it('is a workbook that opens', async () => {
    const file = await bytes(
      await sato.post('/export', { ticket: main, form: 'tsunagu-sheet', format: 'xlsx', full: '1' }),
    );
    expect(file.subarray(0, 2).toString()).toBe('PK');
    const { readSheet } = await import('read-excel-file/node');
    const rows = await readSheet(file);
    expect(rows[0]).toContain('受付番号');
    expect(rows[1]).toContain('K4T-9QWA');
  });

  it('is JSON of the ticket contract', async () => {
    const response = await sato.post('/export', { ticket: main, form: 'intake', format: 'json', full: '1' });
    const [ticket] = JSON.parse((await bytes(response)).toString());
    expect(ticket).toMatchObject({ id: main, receipt: 'K4T-9QWA', version: 1 });
  });

  it('takes no ticket of another window along', async () => {
    const other = await office.ticket({ window: 'kodomo' });
    const response = await sato.post('/export', {
      ticket: [main, other.id],
      form: 'intake',
      format: 'json',
      full: '1',
    });
    expect(JSON.parse((await bytes(response)).toString())).toHaveLength(1);
    expect((await sato.post('/export', { ticket: other.id, form: 'intake', format: 'json' })).status).toBe(422);
  });

  it('never lets a resident’s words run in a spreadsheet', async () => {
    const evil = await office.ticket({
      words: [{ messageId: 'e', text: '=HYPERLINK("http://evil")', at: office.clock.now() }],
    });
    const text = (
      await bytes(await sato.post('/export', { ticket: evil.id, form: 'intake', format: 'csv', full: '1' }))
    ).toString();
    expect(text).toContain(`"'=HYPERLINK(""http://evil"")"`);
  });
});

describe('the figures', () => {
  it('tell nothing under five', async () => {
    await sato.get('/figures?month=2026-11');
    expect(sato.text()).toContain('生活・お金・仕事 5未満');
    await sato.get('/community?month=2026-11');
    expect(sato.text()).toMatch(/困窮の相談（本人・関係機関から）.{0,90} 10件以上 5未満/u);
    for (let i = 0; i < 5; i++) await office.ticket({ needs: [{ need: 'livelihood', score: 1, confirmed: true }] });
    await sato.get('/figures?month=2026-11');
    expect(sato.text()).toContain('生活・お金・仕事 7件');
    const csv = (await bytes(await sato.get('/figures/csv?month=2026-11'))).toString();
    expect(csv).toContain('2026-11,分野（1つの相談にいくつも）,生活・お金・仕事,7件');
    expect(csv).toContain('住まい,5未満');
    await sato.get('/figures?month=2026-09');
    expect(sato.text()).toContain('相談 0件');
  });
});

describe('the audit log', () => {
  it('is read by auditors, filtered, and shows a line that was changed', async () => {
    await sato.get(`/tickets/${main}`);
    await sato.go(`/tickets/${main}/open`);
    const auditor = await office.enter('kansa', ['auditor'], []);
    await auditor.get('/audit?subject=K4T-9QWA&action=ticket.open');
    expect(auditor.text()).toContain('ticket.open_words');
    expect(auditor.text()).not.toContain('sign_in');
    await chainAudit(office.store, CITY);
    await auditor.get('/audit');
    await auditor.post('/audit/verify');
    expect(auditor.text()).toContain('欠けや書きかえはありません');
    const rows = await office.store.list(CITY, 'audit', 'chain', { prefix: 'done|', limit: 3 });
    const row = rows[1]!;
    await office.store.commit(CITY, [
      { type: 'put', kind: 'audit', id: row.id, revision: row.revision, body: { ...row.body, by: 'somebody' } },
    ]);
    await auditor.post('/audit/verify');
    expect(auditor.text()).toContain('書きかえられています');
    const csv = (await bytes(await auditor.post('/audit/export'))).toString();
    expect(csv).toContain('ticket.open_words');
  });
});
