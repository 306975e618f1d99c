/** The commands as they are called: real processes, their output and exit codes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { jsonSchemas } from '#cli/flows-schema.ts';

const data = mkdtempSync(join(tmpdir(), 'tsunagi-cli-'));
afterAll(() => rmSync(data, { recursive: true }));

function run(args: string[], input = ''): { code: number | null; out: string; err: string } {
  const env = { ...process.env, DATA_DIR: data };
  const done = spawnSync(process.execPath, ['src/cli/tsunagi.ts', ...args], { input, encoding: 'utf8', env });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

describe('tsunagi', () => {
  it('explains itself, and each command', () => {
    const { code, out } = run(['--help']);
    expect(code).toBe(0);
    const commands = ['serve', 'check', 'talk', 'flows', 'triage', 'tickets', 'staff', 'keys'];
    for (const command of commands) expect(out).toContain(command);
    for (const args of [['check'], ['talk'], ['flows', 'test'], ['tickets', 'list'], ['triage'], ['staff', 'add']]) {
      expect(run([...args, '--help'])).toMatchObject({ code: 0, err: '' });
    }
  });

  it.each([
    [['fly']],
    [['check', '--fast']],
    [['talk']],
    [['talk', 'nowhere']],
    [['tickets', 'list', '--state', 'gone']],
  ])('calls wrong use by its exit code: %j', (args) => {
    const { code, err } = run(args);
    expect(code).toBe(2);
    expect(err).not.toBe('');
  });

  it('draws a flow as a Mermaid diagram', () => {
    const { code, out } = run(['flows', 'graph', 'ashiya']);
    expect(code).toBe(0);
    expect(out).toMatch(/^flowchart TD\n/u);
    expect(out).toContain('確かめる<br>（確かめる）');
    expect(out).toMatch(/s\d+ -->\|"どれでもない"\| s\d+/u);
  });

  it('gives findings to programs and says by the exit code whether there are errors', () => {
    const { code, out } = run(['check', 'ashiya', '--production', '--json']);
    const findings = JSON.parse(out) as { file: string; line: number; level: string; what: string; remedy: string }[];
    expect(code).toBe(1);
    expect(findings.map((finding) => finding.what)).toContain('「総合相談窓口」の電話番号が書かれていません。');
    expect(Object.keys(findings[0]!).toSorted()).toEqual(['file', 'level', 'line', 'remedy', 'what']);
  });

  it('runs talks, and says where one goes otherwise than written', () => {
    const { code, out } = run(['flows', 'test', 'flows/ashiya/talks/01-carer.talk.yaml', 'test/cli/wrong.talk.yaml']);
    expect(code).toBe(1);
    expect(out).toContain('○ 母を介護する娘さん');
    expect(out).toContain('× わざとちがう話');
    expect(out).toContain('7行目: お返事に「さようなら」がありません。');
    expect(out).toContain('2件のうち 1件が書かれたとおりでした。');
  });

  it('gives an empty list of tickets as JSON', () => {
    const { code, out } = run(['tickets', 'list', '--json']);
    expect([code, JSON.parse(out)]).toEqual([0, []]);
  });

  it('makes a key', () => {
    expect(run(['keys', 'new', 'k9']).out).toMatch(/^k9:[\w+/=-]{40,}\n$/u);
  });
});

describe('JSON Schema for editors', () => {
  it('is what the code says (else: npx tsunagi flows schema)', () => {
    for (const [name, text] of Object.entries(jsonSchemas())) {
      expect(readFileSync(join('flows/schema', name), 'utf8'), name).toBe(text);
    }
  });
});
