import { describe, expect, it } from 'vitest';
import { createDispatcher } from '#conversation/dispatcher.ts';

/** Work that ends when told; what is under way is seen from outside. */
function setUp(workers: number) {
  const running = new Map<string, { end: () => void; free: () => void }>();
  const order: string[] = [];
  const dispatcher = createDispatcher({
    workers,
    work: (municipality, contact, free) =>
      new Promise((end) => {
        order.push(`${municipality}/${contact}`);
        running.set(`${municipality}/${contact}`, { end, free });
      }),
  });
  const of = (city: string): number => [...running.keys()].filter((name) => name.startsWith(`${city}/`)).length;
  const end = async (name: string): Promise<void> => {
    running.get(name)!.end();
    running.delete(name);
    // Two rounds of the event loop: what may begin has begun.
    await new Promise(setImmediate);
    await new Promise(setImmediate);
  };
  return { dispatcher, running, order, of, end };
}

describe('dispatcher', () => {
  it('works on one contact at a time, again when something came in meanwhile', async () => {
    const { dispatcher, order, end } = setUp(4);
    dispatcher.wake('a', '1');
    dispatcher.wake('a', '1');
    dispatcher.wake('a', '1');
    expect(order).toEqual(['a/1']);
    await end('a/1');
    expect(order).toEqual(['a/1', 'a/1']);
    await end('a/1');
    await dispatcher.idle();
    expect(order).toHaveLength(2);
  });

  it('gives a city at most half of the workers while another waits, and all of them when none does', async () => {
    const { dispatcher, running, of, end } = setUp(8);
    for (let i = 0; i < 100; i++) dispatcher.wake('flood', String(i));
    expect(of('flood')).toBe(8);
    for (let i = 0; i < 10; i++) dispatcher.wake('quiet', String(i));
    expect(of('quiet')).toBe(0);
    for (let i = 0; i < 4; i++) await end([...running.keys()].find((name) => name.startsWith('flood/'))!);
    expect({ flood: of('flood'), quiet: of('quiet') }).toEqual({ flood: 4, quiet: 4 });
    for (let i = 0; i < 40; i++) {
      await end([...running.keys()][0]!);
      if (dispatcher.waiting() > 0) expect(running.size).toBe(8);
    }
    expect(of('quiet')).toBe(0);
    expect(of('flood')).toBe(8);
  });

  it('lets a worker go while LINE is being waited for, and keeps the contact in order', async () => {
    const { dispatcher, running, order, end } = setUp(1);
    dispatcher.wake('a', '1');
    dispatcher.wake('a', '2');
    expect(order).toEqual(['a/1']);
    running.get('a/1')!.free();
    expect(order).toEqual(['a/1', 'a/2']);
    dispatcher.wake('a', '1');
    await end('a/2');
    expect(order).toHaveLength(2);
    await end('a/1');
    expect(order).toEqual(['a/1', 'a/2', 'a/1']);
    await end('a/1');
    await dispatcher.stop();
  });
});
