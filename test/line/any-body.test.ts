import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incomingSchema } from '#contracts/event.ts';
import { setUp, sign, USER } from './webhook-kit.ts';

describe('any input', () => {
  const junk = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.json({ maxDepth: 6 }),
    fc.json({ maxDepth: 4 }).map((json) => `{"events":${json}}`),
    fc.json({ maxDepth: 4 }).map((json) => `{"events":[${json}]}`),
    fc.integer({ min: 1, max: 20_000 }).map((depth) => `{"events":[${'['.repeat(depth)}${']'.repeat(depth)}]}`),
    fc.constantFrom('{"events":[{"__proto__":{"type":"message"}}]}', '{"events":[{"type":"__proto__"}]}'),
  );
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.string(),
    fc.constantFrom('text', 'user', 'message', USER, 'active', 'standby'),
  );
  const nearly = fc
    .array(
      fc.record(
        {
          type: fc.oneof(fc.constantFrom('message', 'postback', 'follow', 'unfollow', 'unsend', 'beacon'), value),
          mode: fc.oneof({ weight: 3, arbitrary: fc.constant('active') }, { weight: 1, arbitrary: value }),
          timestamp: fc.oneof(fc.integer(), fc.double(), value),
          webhookEventId: fc.oneof(fc.string({ minLength: 1 }), value),
          replyToken: value,
          source: fc.oneof(
            {
              weight: 5,
              arbitrary: fc.record({ type: fc.constant('user'), userId: fc.oneof(fc.constant(USER), value) }),
            },
            { weight: 1, arbitrary: value },
          ),
          message: fc.oneof(
            fc.record({ id: fc.oneof(fc.string({ minLength: 1 }), value), type: value, text: value }),
            value,
          ),
          postback: fc.oneof(
            fc.record({
              data: value,
              params: fc.oneof(fc.record({ date: value, status: value }, { requiredKeys: [] }), value),
            }),
            value,
          ),
          follow: value,
          unsend: fc.oneof(fc.record({ messageId: value }), value),
        },
        { requiredKeys: ['type', 'source', 'webhookEventId'] },
      ),
      { maxLength: 4 },
    )
    .map((events) => JSON.stringify({ events }));

  it('never answers 5xx, hands on only sound events, and nothing unsigned (10,000 bodies)', async () => {
    const { post, received } = setUp();
    const statuses = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.oneof(junk, nearly), fc.boolean(), async (text, signed) => {
        const bytes = new TextEncoder().encode(text);
        const answer = await post(bytes, { 'x-line-signature': signed ? sign(bytes) : sign(text, 'wrong') });
        const key = `${signed ? 'signed' : 'forged'} ${answer.status}`;
        statuses.set(key, (statuses.get(key) ?? 0) + 1);
        expect(answer.status).toBeLessThan(500);
        if (!signed) {
          expect(answer.status).toBe(401);
          expect(received).toEqual([]);
        }
        for (const one of received.splice(0).flat()) {
          const parsed = incomingSchema.safeParse(one);
          expect(parsed.error).toBeUndefined();
          statuses.set('events', (statuses.get('events') ?? 0) + 1);
        }
      }),
      { numRuns: 10_000 },
    );
    console.log(`routes: 10,000 random bodies: ${[...statuses].map(([key, times]) => `${key} × ${times}`).join(', ')}`);
    expect(statuses.get('events')).toBeGreaterThan(100);
  });
});
