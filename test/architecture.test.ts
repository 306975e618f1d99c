/** The rooms' table of design: who may import whom, and who may reach the world. Reads the sources, runs nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '..', 'src');

/** Levels, lowest first: a room imports from lower levels only, never from a neighbour on its own. */
const LEVELS: readonly (readonly string[])[] = [
  ['contracts', 'support'],
  ['engine', 'triage', 'content', 'store'],
  ['handoff'],
  ['conversation'],
  ['line', 'talk', 'simulator', 'console', 'cli'],
  ['app'],
  ['main'],
];
/** Rooms that may know less than their level allows, and the few that may know more. */
const NARROWER: Record<string, readonly string[]> = {
  contracts: ['contracts'],
  support: ['support'],
  engine: ['contracts', 'support'],
  triage: ['contracts', 'support'],
  content: ['contracts', 'support'],
  store: ['contracts', 'support', 'store'],
  line: ['contracts', 'support', 'conversation'],
  simulator: ['contracts', 'support'],
  app: ['contracts', 'support'],
};
/** Package → rooms that may import it. Others are free. */
const PACKAGES: Record<string, readonly string[]> = {
  kuromoji: ['triage'],
  '@line/bot-sdk': ['line'],
  redis: ['store'],
  'node:sqlite': ['store'],
  yaml: ['content', 'cli', 'triage', 'console'],
  '@holiday-jp/holiday_jp': ['handoff'],
};
/** Files outside a room: the top of the house and what joins it for commands. */
const TOP: Record<string, string> = {
  'main.ts': 'main',
  'app.ts': 'app',
  'config.ts': 'support',
  'open-console.ts': 'main',
  'open-store.ts': 'store',
};

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(sep).join('/'));
const roomOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : (TOP[file] ?? file));
const levelOf = (room: string): number => LEVELS.findIndex((level) => level.includes(room));

function importsOf(file: string): { spec: string; room: string | null; typeOnly: boolean }[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const found = [...text.matchAll(/(import|export)\s+(type\s+)?[^'"`;]*?from\s+'([^']+)'|import\('([^']+)'\)/gu)];
  return found.map((match) => {
    const spec = match[3] ?? match[4]!;
    const own = spec.startsWith('#')
      ? spec.slice(1)
      : spec.startsWith('.')
        ? relative(SRC, join(SRC, file, '..', spec))
        : null;
    const room =
      own === null ? null : own.includes('/') ? own.slice(0, own.indexOf('/')) : (TOP[own] ?? TOP[`${own}.ts`] ?? own);
    return { spec, room, typeOnly: match[2] !== undefined };
  });
}

describe('architecture', () => {
  it('knows every file’s room', () => {
    expect(files.map(roomOf).filter((room) => levelOf(room) < 0)).toEqual([]);
  });

  it('imports one way only', () => {
    const wrong: string[] = [];
    for (const file of files) {
      const from = roomOf(file);
      for (const { spec, room } of importsOf(file)) {
        if (room === null || room === from) continue;
        const allowed = NARROWER[from]?.includes(room) ?? levelOf(room) < levelOf(from);
        if (!allowed) wrong.push(`${file} → ${spec}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('writes #room/file across rooms and ./file inside one', () => {
    const wrong: string[] = [];
    for (const file of files) {
      for (const { spec, room } of importsOf(file)) {
        if (room === null) continue;
        const inside = room === roomOf(file);
        const top = !file.includes('/');
        if (spec.startsWith('#') && inside && !top) wrong.push(`${file} → ${spec}`);
        // The few files at the top of the house have no room name to be called by.
        const toTop = Object.keys(TOP).some((name) => spec === `../${name}`);
        if (spec.startsWith('.') && !inside && !top && !toTop) wrong.push(`${file} → ${spec}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('keeps packages in the rooms they belong to', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter(({ spec }) => PACKAGES[spec] !== undefined && !PACKAGES[spec].includes(roomOf(file)))
        .map(({ spec }) => `${file} → ${spec}`),
    );
    expect(wrong).toEqual([]);
  });

  it('reads the environment in config.ts only', () => {
    const readers = files.filter((file) => readFileSync(join(SRC, file), 'utf8').includes('process.env'));
    expect(readers).toEqual(['config.ts']);
  });
});
