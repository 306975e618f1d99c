import { describe, expect, it } from 'vitest';
import { hashPassword, passwordFault, verifyPassword } from '#support/passwords.ts';

describe('passwords', () => {
  it('are told apart, and two hashes of one are not the same', async () => {
    const [one, two] = [await hashPassword('correct horse battery'), await hashPassword('correct horse battery')];
    expect(one.hash).not.toBe(two.hash);
    expect(one.cost).toBeGreaterThanOrEqual(15);
    expect(await verifyPassword('correct horse battery', one)).toBe(true);
    expect(await verifyPassword('correct horse batterz', one)).toBe(false);
    expect(await verifyPassword('anything at all', null)).toBe(false);
  }, 20_000);

  it('typed in full-width letters on a Japanese keyboard are the same', async () => {
    const hashed = await hashPassword('ｔｓｕｎａｇｉ　ｎｏ　ｈａｓｈｉ', 4);
    expect(await verifyPassword('tsunagi no hashi', hashed)).toBe(true);
  });

  it.each([
    ['みじかい', 'short'],
    ['eleven char', 'short'],
    ['twelve chars', null],
    ['あおいそらにしろいくも', 'short'],
    ['あおいそらにしろいくもが', null],
    ['aaaaaaaaaaaaaaaa', 'guessable'],
    ['123456789012345', 'guessable'],
    ['passwordpassword', 'guessable'],
    ['qwertyuiop12345', 'guessable'],
    ['sato@city.test12', 'guessable'],
    ['x'.repeat(201), 'long'],
  ])('%s: %s', (password, fault) => {
    expect(passwordFault(password, ['sato@city.test', '佐藤'])).toBe(fault);
  });
});
