import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readHours } from '#console/calendar-change.ts';
import { isOpen } from '#handoff/opening-hours.ts';
import { demoTickets } from './demo-tickets.ts';
import { CITY, createBrowser, type Office, openOffice } from './harness.ts';

let office: Office;
beforeEach(async () => {
  office = await openOffice();
});
afterEach(() => office.close());
const sogo = () => office.city().windows.find((window) => window.id === 'sogo')!;
const at = (time: string): number => Date.parse(`${time}:00+09:00`);

describe('hours', () => {
  it('are read as people type them', () => {
    expect(readHours('９：００〜１２：００、13:00-17:00')).toEqual(['09:00-12:00', '13:00-17:00']);
    expect(readHours('')).toEqual([]);
    for (const wrong of ['12:00-9:00', '9時から', '09:00', '25:00-26:00']) expect(readHours(wrong)).toBeNull();
  });

  it('changed under a booking are asked about first, keep the booking, and tell whom to call', async () => {
    const boss = await office.enter('boss', ['coordinator'], []);
    const { booked } = await demoTickets(office, { sato: boss.id });
    await boss.get('/calendar?window=sogo');
    // Thursday 26 November, 10:00 is booked.
    const asked = await boss.post('/calendar/sogo/special', { day: '2026-11-26', hours: '13:00-17:00' });
    expect(asked.status).toBe(409);
    expect(boss.text()).toContain('予約は消えません');
    expect(boss.text()).toContain(booked.receipt);
    expect(isOpen(office.city(), sogo(), at('2026-11-26T10:00'))).toBe(true);
    const done = await boss.post('/calendar/sogo/special');
    expect(done.status).toBe(303);
    await office.overlay.refresh(CITY);
    expect(isOpen(office.city(), sogo(), at('2026-11-26T10:00'))).toBe(false);
    expect(isOpen(office.city(), sogo(), at('2026-11-26T14:00'))).toBe(true);
    const kept = await office.read(booked.id);
    expect(kept.booking?.state).toBe('booked');
    expect(kept.history.at(-1)?.what).toBe('hours_changed');
    await boss.get('/calendar?window=sogo&week=2026-11-23');
    expect(boss.text()).toMatch(/F4C-6WPX 窓口に行く 受付時間の外/u);
    // Back again: nobody is outside any more.
    await boss.post('/calendar/sogo/unspecial', { day: '2026-11-26' });
    await office.overlay.refresh(CITY);
    expect(isOpen(office.city(), sogo(), at('2026-11-26T10:00'))).toBe(true);
  });

  it('of a week, places and kinds of meeting are what residents are offered from then on', async () => {
    const boss = await office.enter('boss', ['coordinator'], []);
    await boss.get('/calendar?window=sogo');
    await boss.post('/calendar/sogo/weekly', {
      d1: '10:00-12:00',
      d2: '10:00-12:00, 14:00-16:00',
      d3: '',
      d4: '',
      d5: '',
      d6: '',
      d0: '',
    });
    await boss.post('/calendar/sogo/booking', {
      minutes: '30',
      capacity: '3',
      noticeHours: '2',
      daysAhead: '14',
      way: ['visit', 'online'],
    });
    await office.overlay.refresh(CITY);
    expect(sogo().hours?.weekly.tue).toEqual(['10:00-12:00', '14:00-16:00']);
    expect(sogo().hours?.weekly.wed).toEqual([]);
    expect(sogo().hours?.demo).toBe(false);
    expect(sogo().booking).toEqual({
      minutes: 30,
      capacity: 3,
      noticeHours: 2,
      daysAhead: 14,
      ways: ['visit', 'online'],
    });
    const wrong = await boss.post('/calendar/sogo/booking', {
      minutes: '0',
      capacity: '3',
      noticeHours: '2',
      daysAhead: '14',
      way: 'visit',
    });
    expect(wrong.status).toBe(422);
  });

  it('shows whoever keeps hours but no tickets that somebody comes, not who', async () => {
    const chief = await office.enter('chief', ['administrator'], []);
    await demoTickets(office, { sato: chief.id });
    await chief.get('/calendar?window=sogo&week=2026-11-23');
    expect(chief.text()).toContain('予約（窓口に行く）');
    expect(chief.text()).not.toContain('F4C-6WPX');
  });
});

describe('a day of consultation', () => {
  it('becomes bookable with places of its own', async () => {
    const boss = await office.enter('boss', ['coordinator'], []);
    await boss.get('/calendar');
    const made = await boss.post('/calendar/events', {
      name: 'まちかど相談会',
      about: 'だれでもどうぞ',
      place: '',
      day: '2026-12-05',
      hours: '13:00-15:00',
      minutes: '30',
      capacity: '4',
      way: ['visit'],
    });
    expect(made.status).toBe(303);
    await office.overlay.refresh(CITY);
    const event = office.city().windows.find((window) => window.name === 'まちかど相談会')!;
    expect(isOpen(office.city(), event, at('2026-12-05T13:30'))).toBe(true);
    expect(event.booking).toMatchObject({ minutes: 30, capacity: 4 });
    await boss.get(made.headers.get('location')!);
    expect(boss.text()).toContain('13:00 空き4');
  });
});

describe('a calendar to subscribe to', () => {
  it('has a secret address, and holds no word of a resident', async () => {
    const sato = await office.enter('sato', ['counsellor'], ['sogo']);
    await demoTickets(office, { sato: sato.id });
    await sato.get('/account');
    await sato.post('/account/feeds', { window: 'sogo' });
    const address = /http:\/\/office\.test(\/console\/ashiya\/feeds\/[\w-]{20,}\.ics)/u.exec(sato.html())![1]!;
    const reader = createBrowser(office.app);
    const feed = await reader.get(address);
    expect(feed.headers.get('content-type')).toContain('text/calendar');
    const text = await feed.text();
    expect(text).toContain('DTSTART:20261126T010000Z');
    expect(text).toContain('SUMMARY:面談 F4C-6WPX');
    for (const word of ['父', '眠', 'みどり', '生活']) expect(text).not.toContain(word);
    expect((await reader.get(address.replace(/.{4}\.ics/u, 'xxxx.ics'))).status).toBe(404);
    const stored = await office.store.list(CITY, 'feed', 'staff', { prefix: sato.id, limit: 1 });
    await sato.get('/account');
    await sato.post(`/account/feeds/${stored[0]!.id}/delete`);
    expect((await reader.get(address)).status).toBe(404);
  });

  it('ends with the rights of its owner', async () => {
    const sato = await office.enter('sato', ['counsellor'], ['sogo']);
    await sato.get('/account');
    expect((await sato.post('/account/feeds', { window: 'kodomo' })).status).toBe(422);
    await sato.post('/account/feeds', { window: 'sogo' });
    const address = /http:\/\/office\.test(\/console[^<]+\.ics)/u.exec(sato.html())![1]!;
    const chief = await office.enter('chief', ['administrator'], []);
    await chief.get('/staff');
    await chief.post(`/staff/${sato.id}`, { name: 'sato', mail: '', role: ['counsellor'], window: ['kodomo'] });
    expect((await createBrowser(office.app).get(address)).status).toBe(404);
  });
});
