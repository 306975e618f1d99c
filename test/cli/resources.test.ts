/** The table of places goes out to a spreadsheet and comes back, without a loss and without touching the rest of the file. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportResources, importResources } from '#cli/resources.ts';
import { type Content, loadContent } from '#content/load-content.ts';
import type { Municipality } from '#contracts/municipality.ts';
import { csvToResources, parseCsv, resourcesToCsv } from '#handoff/resources-csv.ts';

const NOW = Date.parse('2026-11-24T10:00:00+09:00');
let content: Content;
beforeAll(async () => {
  content = await loadContent({ dir: 'flows' });
});

function workplace(): string {
  const root = mkdtempSync(join(tmpdir(), 'tsunagi-places-'));
  cpSync('flows', join(root, 'flows'), { recursive: true });
  return root;
}
function out() {
  let text = '';
  const stream = { write: (chunk: string) => (text += chunk) };
  return { stdout: stream, stderr: stream, text: () => text };
}

describe('places as CSV', () => {
  it.each(['ashiya', 'kobayashi', 'fukui', 'ikoma', 'toyokawa'])('%s comes back as it went out', (id) => {
    const city = content.municipalities.get(id)!;
    const bytes = resourcesToCsv(city, 'utf8');
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(csvToResources(city, bytes)).toEqual({ resources: city.resources, faults: [] });
  });

  it('reads Shift_JIS as Excel in Japan writes it', () => {
    const city = content.municipalities.get('fukui')!;
    const bytes = resourcesToCsv(city, 'sjis');
    expect(iconv.decode(bytes, 'cp932')).toContain('名前,困りごと');
    expect(csvToResources(city, bytes)).toEqual({ resources: city.resources, faults: [] });
  });

  it('keeps in Shift_JIS the signs that Unicode has twice (〜, −, —), and marks what it has no place for', () => {
    const city = content.municipalities.get('ashiya')!;
    const place = { ...city.resources[0]!, about: '10:00〜15:00 −5 —と、髙と、𠮷' };
    const text = iconv.decode(resourcesToCsv({ ...city, resources: [place] }, 'sjis'), 'cp932');
    expect(text).toContain('10:00～15:00 －5 ―と、髙と、〓');
  });

  it('keeps commas, quotes, line ends, examples, areas and what looks like a formula', () => {
    const city: Municipality = {
      ...content.municipalities.get('kobayashi')!,
      resources: [
        {
          id: 'a',
          name: '=お茶,「の"会"」',
          needs: ['elderly', 'participation'],
          for: 'どなたでも',
          about: '一行目\n二行目',
          when: { value: '毎月10日', demo: true },
          access: '-バスで',
          district: 'nojiri',
          entry: 'introduction',
          coordinator: 'shakyo',
        },
      ],
    };
    const bytes = resourcesToCsv(city, 'utf8');
    expect(bytes.toString()).toContain(`"'=お茶`);
    expect(csvToResources(city, bytes)).toEqual({ resources: city.resources, faults: [] });
  });

  it('names the row and the remedy of what it cannot read', () => {
    const city = content.municipalities.get('kobayashi')!;
    const csv =
      '名前,困りごと,内容,地域,入り方\r\nサロン,お茶,集まり,月面,だれでも\r\n,,,,\r\n,高齢・介護,あ,,たぶん\r\n';
    const { resources, faults } = csvToResources(city, Buffer.from(csv));
    expect(resources).toEqual([]);
    expect(faults.join('\n')).toMatch(/2行目: 困りごと「お茶」を読めません/u);
    expect(faults.join('\n')).toMatch(/2行目: 地域「月面」がありません。ある名前: 小林、西部、野尻/u);
    expect(faults.join('\n')).toMatch(/4行目: 「名前」が空です/u);
    expect(faults.join('\n')).toMatch(/入り方「たぶん」/u);
    expect(csvToResources(city, Buffer.from('ちがう表')).faults[0]).toContain('1行目');
  });

  it('reads rows as RFC 4180 has them', () => {
    expect(parseCsv('a,"b ""q"",\n2"\r\n\r\n,c\n')).toEqual([
      ['a', 'b "q",\n2'],
      ['', 'c'],
    ]);
    expect(parseCsv('a,b')).toEqual([['a', 'b']]);
  });
});

describe('tsunagi resources', () => {
  it('changes the places and nothing else of the file', async () => {
    const root = workplace();
    const file = join(root, 'table.csv');
    const path = join(root, 'flows/ashiya/municipality.yaml');
    const before = readFileSync(path, 'utf8');
    expect(await exportResources({ root, city: 'ashiya', file }, out())).toBe(0);
    const rows = readFileSync(file, 'utf8').trimEnd().split('\r\n');
    writeFileSync(
      file,
      `${[...rows.slice(0, 3), 'new,新しい広場,居場所・参加,だれでも,昼間に過ごせます,平日,,,,だれでも,,とき'].join('\r\n')}\r\n`,
    );
    const io = out();
    expect(await importResources({ root, city: 'ashiya', file, now: NOW }, io), io.text()).toBe(0);
    const { municipalities } = await loadContent({ dir: join(root, 'flows') });
    const old = content.municipalities.get('ashiya')!;
    const city = municipalities.get('ashiya')!;
    expect(city.resources.map(({ id }) => id)).toEqual([old.resources[0]!.id, old.resources[1]!.id, 'new']);
    expect(city.resources[2]).toMatchObject({ when: { value: '平日', demo: true } });
    expect({ ...city, resources: [] }).toEqual({ ...old, resources: [] });
    const comments = (text: string) => text.split('\n').filter((line) => line.startsWith('#'));
    expect(comments(readFileSync(path, 'utf8'))).toEqual(comments(before));
  });

  it('fills a city without places, and leaves the file alone when a row is wrong', async () => {
    const root = workplace();
    const file = join(root, 'table.csv');
    const path = join(root, 'flows/toyokawa/municipality.yaml');
    writeFileSync(file, '名前,困りごと,内容\nお茶の会,居場所・参加,だれでも来られます\n');
    expect(await importResources({ root, city: 'toyokawa', file, now: NOW }, out())).toBe(0);
    const before = readFileSync(path, 'utf8');
    expect(before).toContain('お茶の会');
    writeFileSync(file, '名前,困りごと,内容\n会,なし,あ\n');
    expect(await importResources({ root, city: 'toyokawa', file, now: NOW }, out())).toBe(1);
    expect(readFileSync(path, 'utf8')).toBe(before);
    await expect(exportResources({ root, city: 'nowhere', file }, out())).rejects.toThrow('nowhere');
  });
});
