import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { START_ARGS } from '#support/start-args.ts';

it('a container starts the service as npm start does', () => {
  const [, command] = /^CMD (\[.*\])$/mu.exec(readFileSync('Dockerfile', 'utf8'))!;
  expect(JSON.parse(command!)).toEqual(['node', ...START_ARGS]);
});
