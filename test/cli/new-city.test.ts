/** A sixth city from a few answers, in each of the ways in which the known plans take people in. */
import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { newCity } from '#cli/new-city.ts';
import { loadContent } from '#content/load-content.ts';

const NOW = Date.parse('2026-11-24T10:00:00+09:00');

function workplace(): string {
  const root = mkdtempSync(join(tmpdir(), 'tsunagi-city-'));
  cpSync('flows', join(root, 'flows'), { recursive: true });
  cpSync('dictionaries/questions.yaml', join(root, 'dictionaries/questions.yaml'));
  return root;
}

function terminal(typed = '') {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  let text = '';
  for (const stream of [stdout, stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { stdin: Readable.from([typed]), stdout, stderr, text: () => text };
}

describe('tsunagi new-city', () => {
  it.each([
    ['general', []],
    ['general', ['東', '西']],
    ['choice', ['東', '西']],
    ['choice', []],
    ['nearest', []],
    ['district', ['北町', '南町', '港']],
    ['district', []],
  ] as const)('makes a city that passes the check and talks: %s %j', async (pattern, districts) => {
    const root = workplace();
    const io = terminal();
    const code = await newCity({ root, name: 'sabae', now: NOW, title: '鯖江市', pattern, districts, yes: true }, io);
    expect(io.text()).toContain('[5/5] できました。');
    expect(io.text()).not.toMatch(/[×△]/u);
    expect(code).toBe(0);
    const { municipalities, refused } = await loadContent({ dir: join(root, 'flows') });
    expect(refused.size).toBe(0);
    const city = municipalities.get('sabae')!;
    expect(city.name).toBe('鯖江市');
    expect(city.districts.map(({ name }) => name)).toEqual(districts);
    // Compound cases can begin: one meeting with the person's consent, one without, and a desk.
    expect(city.meetings?.map(({ hears }) => hears)).toEqual(['consented', 'closed']);
    expect(city.windows.some(({ roles }) => roles?.includes('multi_agency'))).toBe(true);
    for (const window of city.windows) expect(window).toMatchObject({ hours: { demo: true } });
    expect(JSON.stringify(city)).not.toMatch(/\d{2,4}-\d{2,4}-\d{4}/u);
  });

  it('is guided: asks with progress, proposes, asks again what it cannot read', async () => {
    const root = workplace();
    const io = terminal('鯖江市\n9\n4\n片上、河和田\n');
    expect(await newCity({ root, name: 'sabae', now: NOW }, io)).toBe(0);
    const text = io.text();
    for (const n of [1, 2, 3, 4, 5]) expect(text).toContain(`[${n}/5]`);
    expect(text).toContain('1 から 4 の番号で');
    const file = readFileSync(join(root, 'flows/sabae/municipality.yaml'), 'utf8');
    expect(file).toContain('unclear: district');
    expect(file).toContain('河和田');
    expect(text).toContain('npx tsunagi talk sabae');
  });

  it('takes what is proposed when nothing is answered', async () => {
    const root = workplace();
    const io = terminal('');
    expect(await newCity({ root, name: 'sixth', now: NOW }, io)).toBe(0);
    expect(readFileSync(join(root, 'flows/sixth/municipality.yaml'), 'utf8')).toContain('default: true');
  });

  it('takes any name as a name, never as YAML', async () => {
    const root = workplace();
    const io = terminal();
    const title = 'ア"市: {x} #1';
    expect(await newCity({ root, name: 'odd', now: NOW, title, districts: ['a: b', '"c"'], yes: true }, io)).toBe(0);
    const { municipalities } = await loadContent({ dir: join(root, 'flows') });
    expect(municipalities.get('odd')).toMatchObject({ name: title, districts: [{ name: 'a: b' }, { name: '"c"' }] });
  });

  it.each(['ashiya', 'common', '鯖江', 'A', '../x', ''])('refuses the name %j and writes nothing', async (name) => {
    const root = workplace();
    await expect(newCity({ root, name, now: NOW, yes: true }, terminal())).rejects.toThrow(/もうあります|使えません/u);
  });
});
