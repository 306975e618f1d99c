/** The clock is set right, an hour back, a day on: talks go on, order stays, answers arrive. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, openHarness } from './harness.ts';

describe('a clock that jumps', () => {
  let h: Harness;
  beforeEach(async () => {
    h = await openHarness();
  });
  afterEach(async () => {
    await h.close();
  });

  it.each([
    ['an hour back', -3_600_000],
    ['a day on', 86_400_000],
  ])('%s: whoever writes is answered once, by reply', async (_, jump) => {
    const r = h.resident();
    await r.follow();
    await r.say('家賃が払えません');
    h.clock.advance(jump);
    await h.conversation.beat();
    const before = h.line.counts().delivered;
    expect((await r.say('母の物忘れも心配です')).length).toBeGreaterThan(0);
    expect(h.line.counts().delivered).toBe(before + 1);
    expect(h.line.counts().pushes).toBe(0);
  });
});
