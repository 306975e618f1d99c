/** One server, five cities: what comes in for one never reaches another, and each answers in its own way. */
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodePostback } from '#contracts/postback.ts';
import { type Harness, openHarness } from './harness.ts';

const CITIES = ['ashiya', 'kobayashi', 'fukui', 'ikoma', 'toyokawa'];
const secretOf = (city: string): string => city.padEnd(32, '0');
const signed = (city: string, body: string): string =>
  createHmac('sha256', secretOf(city)).update(Buffer.from(body)).digest('base64');

describe('one server for five cities', () => {
  let h: Harness;
  beforeEach(async () => {
    h = await openHarness({ municipalities: CITIES, secretOf });
  });
  afterEach(async () => {
    await h.close();
  });

  /** Everything a city has of this person. */
  const held = async (city: string, userId: string) => {
    const contact = h.contactOf(city, userId);
    return {
      contact: await h.store.get(city, 'contact', contact),
      session: await h.session(contact, city),
      tickets: await h.tickets(city),
    };
  };
  const dataOf = (userId: string, pattern: RegExp): string => {
    const found = pattern.exec(JSON.stringify(h.line.received(userId)));
    expect(found, 'a button on the screen').not.toBeNull();
    return found![1]!;
  };

  it('greets in each city’s own words, and keeps each ticket in its own city and windows', async () => {
    const names = ['芦屋市', '小林市', '福井市', '生駒市', '豊川市'];
    for (const [index, city] of CITIES.entries()) {
      const resident = h.resident(city);
      const hello = (await resident.follow()).join('\n');
      expect(hello).toContain(names[index]);
      for (const other of names.toSpliced(index, 1)) expect(hello).not.toContain(other);
      await resident.say('もう死にたい');
    }
    const receipts = new Set<string>();
    for (const city of CITIES) {
      const tickets = await h.tickets(city);
      expect(tickets).toHaveLength(1);
      expect(tickets[0]).toMatchObject({ municipality: city, urgent: true, crisis: 'suicide' });
      receipts.add(tickets[0]!.receipt);
    }
    expect(receipts.size).toBe(5);
  });

  it('knows one LINE user id as two people in two cities', async () => {
    const here = h.resident('fukui');
    await here.follow();
    await here.say('家賃が払えません');
    const { userId } = here;
    await h.line.deliver('toyokawa', [h.line.events.text(userId, '母の介護で困っています')]);
    await h.conversation.idle();
    expect(h.contactOf('fukui', userId)).not.toBe(h.contactOf('toyokawa', userId));
    const [fukui, toyokawa, ikoma] = [
      await held('fukui', userId),
      await held('toyokawa', userId),
      await held('ikoma', userId),
    ];
    const words = (city: typeof fukui) => city.session?.facts.heard.map((one) => one.text);
    expect(words(fukui)).toEqual(['家賃が払えません']);
    expect(words(toyokawa)).toEqual(['母の介護で困っています']);
    expect(ikoma).toEqual({ contact: null, session: null, tickets: [] });
    // A contact of one city is nobody in another.
    expect(await h.store.get('toyokawa', 'contact', h.contactOf('fukui', userId))).toBeNull();
  });

  it('answers a button of another city’s talk politely, and changes nothing', async () => {
    const here = h.resident('fukui');
    await here.follow();
    await here.say('家賃が払えません');
    const answer = dataOf(here.userId, /"data":"(t\.[^"]+)"/u);
    const there = h.resident('ikoma');
    await there.follow();
    await there.say('家賃が払えません');
    const before = { fukui: await held('fukui', here.userId), ikoma: await held('ikoma', there.userId) };
    const seen = h.line.screenText(there.userId).length;
    await h.line.deliver('ikoma', [h.line.events.postback(there.userId, answer)]);
    await h.conversation.idle();
    const said = h.line.screenText(there.userId).slice(seen).join('\n');
    expect(said).toContain('前のお話のボタン');
    const after = await held('ikoma', there.userId);
    expect(after.session?.step).toBe(before.ikoma.session?.step);
    expect(after.session?.facts).toEqual(before.ikoma.session?.facts);
    expect(after.tickets).toEqual([]);
    expect(await held('fukui', here.userId)).toEqual(before.fukui);
    expect(h.counts.get('turn_failures ikoma')).toBeUndefined();
  });

  it('lets no command of one city touch the ticket of another', async () => {
    const here = h.resident('kobayashi');
    await here.follow();
    await here.say('もう死にたい');
    const before = await held('kobayashi', here.userId);
    expect(before.tickets).toHaveLength(1);
    const id = before.tickets[0]!.id;
    // Buttons of cases carry ids: an id of 小林 means nothing in 豊川, even from the same LINE account.
    const carrying = ['plan', 'meeting', 'touch', 'place'].flatMap((command) =>
      ['yes', '1.yes', 'stop', 'good', 'talk'].map((rest) =>
        encodePostback({ type: 'command', command, argument: `${id}.${rest}` }),
      ),
    );
    for (const command of ['c.crisis-tell', 'c.erase-yes', 'c.booking', 'c.human', ...carrying]) {
      await h.line.deliver('toyokawa', [h.line.events.postback(here.userId, command)]);
      await h.conversation.idle();
    }
    expect(h.counts.get('turn_failures toyokawa')).toBeUndefined();
    expect(await held('kobayashi', here.userId)).toEqual(before);
    expect(await h.tickets('toyokawa')).toEqual([]);
  });

  it('refuses a webhook signed with another city’s secret, or not at all, and keeps nothing of it', async () => {
    const { userId } = h.resident('fukui');
    const body = JSON.stringify({ destination: 'x', events: [h.line.events.text(userId, '福井あての言葉')] });
    expect(await h.post('fukui', body, signed('ikoma', body))).toBe(401);
    expect(await h.post('fukui', body)).toBe(401);
    expect(await h.post('fukui', body.replace('福井', '別の'), signed('fukui', body))).toBe(401);
    expect(await h.post('sixth', body, signed('fukui', body))).toBe(404);
    await h.conversation.idle();
    for (const city of CITIES) {
      expect(await held(city, userId)).toEqual({ contact: null, session: null, tickets: [] });
      expect(await h.store.list(city, 'inbox', 'waiting', { limit: 10 })).toEqual([]);
    }
    expect(await h.post('fukui', body, signed('fukui', body))).toBe(200);
    await h.conversation.idle();
    expect((await held('fukui', userId)).session?.facts.heard.map((one) => one.text)).toEqual(['福井あての言葉']);
  });
});
