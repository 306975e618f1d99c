import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Municipality } from '#contracts/municipality.ts';
import { TICKET_STATES, type Ticket, ticketSchema } from '#contracts/ticket.ts';
import { mayPass, overallConsent, recordConsent, withdrawConsent } from '#handoff/consent.ts';
import { FORMS, formRows, STANDARD_CONCERNS } from '#handoff/form-columns.ts';
import { HIDDEN, maskTicket } from '#handoff/mask-ticket.ts';
import { mergeHeard, openTicket, updateTicket } from '#handoff/open-ticket.ts';
import * as steps from '#handoff/transitions.ts';
import { withdrawWords } from '#handoff/withdraw-words.ts';
import { ashiya, assessment, facts, MONDAY_10 } from './cities.ts';

const now = MONDAY_10;
const later = now + 60_000;
const act = { by: 'sato', now: later };
const meta = { id: 't1', receipt: 'AAA-1111', callBackCode: '1234', contact: 'con', channel: 'line' as const, now };
const heard = (text: string, messageId: string) => ({ text, messageId, at: now });
const SECRETS = [
  '母が夜中に出ていく',
  '弟も障害があって',
  'はなこ',
  '山田花子',
  '090-1111-2222',
  '夜は困る',
  '男の人はこわい',
  '青い家',
];

const full = (): Ticket =>
  openTicket(
    ashiya,
    {
      ...facts(),
      heard: [heard(SECRETS[0]!, 'm1'), heard(SECRETS[1]!, 'm2')],
      household: [heard('弟が一人います', 'm3')],
      assessment: assessment(
        [
          ['elderly', 0.9],
          ['disability', 0.5],
        ],
        {
          about: 'family',
          evidence: [
            { words: '夜中に出ていく', by: 'rule', source: 's:1', label: 'need:elderly', score: 2 },
            { words: '障害', by: 'rule', source: 's:2', label: 'need:disability', score: 1 },
          ],
          concerns: [
            { concern: 'care', most: true },
            { concern: 'health', most: false },
          ],
        },
      ),
      confirmedNeeds: ['elderly'],
      district: 'shiomi',
      window: 'hokatsu-shiomi',
      nickname: heard(SECRETS[2]!, 'm4'),
      name: heard(SECRETS[3]!, 'm5'),
      phone: heard(SECRETS[4]!, 'm6'),
      safeHours: heard(SECRETS[5]!, 'm7'),
      consideration: [heard(SECRETS[6]!, 'm8')],
      answers: { 目印: heard(SECRETS[7]!, 'm9') },
      consents: [consent('hokatsu-shiomi', 'given'), consent('sogo', 'given'), consent('kikan', 'refused')],
    },
    meta,
  );
const consent = (recipient: string, state: 'given' | 'refused' | 'withdrawn', at = now) => ({
  recipient,
  purpose: '相談のため',
  state,
  wording: '伝えてよいですか',
  version: '1',
  at,
});
const done = (outcome: steps.Outcome): Ticket => {
  if (!outcome.ok) throw new Error(outcome.why);
  return outcome.ticket;
};

describe('transitions', () => {
  it('go from arrival to the end as staff work', () => {
    let ticket = done(steps.accept(full(), act));
    expect(ticket).toMatchObject({ state: 'accepted', assignee: 'sato' });
    ticket = done(steps.assign(ticket, { ...act, to: 'tanaka' }));
    ticket = done(steps.note(ticket, { ...act, id: 'n1', text: ' 電話した ' }));
    expect(ticket.notes).toEqual([{ id: 'n1', at: later, by: 'sato', text: '電話した' }]);
    ticket = done(steps.waitResident(ticket, act));
    ticket = done(steps.accept(ticket, act));
    expect(ticket.assignee).toBe('tanaka');
    ticket = done(steps.recordResult(ticket, { ...act, result: 'met' }));
    ticket = done(steps.close(ticket, act));
    expect(ticket).toMatchObject({ state: 'closed', result: { result: 'met' } });
    expect(done(steps.reopen(ticket, act))).toMatchObject({ state: 'accepted', result: null });
    expect(ticket.history.map((entry) => entry.what)).toEqual([
      'opened',
      'accepted',
      'assigned',
      'noted',
      'waiting_resident',
      'accepted',
      'result',
      'closed',
    ]);
    expect(JSON.stringify(ticket.history)).not.toContain('電話した');
    expect(ticketSchema.parse(ticket)).toEqual(ticket);
  });

  it('refuse every step that the table does not have, and change nothing', () => {
    const tries: [steps.Transition, (ticket: Ticket) => steps.Outcome][] = [
      ['accept', (t) => steps.accept(t, act)],
      ['assign', (t) => steps.assign(t, { ...act, to: 'x' })],
      ['note', (t) => steps.note(t, { ...act, id: 'n', text: 'x' })],
      ['correctTriage', (t) => steps.correctTriage(t, { ...act, needs: ['child'] })],
      ['passOn', (t) => steps.passOn(t, { ...act, municipality: ashiya, to: 'sogo', reason: 'x' })],
      ['returnTicket', (t) => steps.returnTicket(t, { ...act, reason: 'x' })],
      ['askMultiAgency', (t) => steps.askMultiAgency(t, { ...act, reason: 'x' })],
      ['waitResident', (t) => steps.waitResident(t, act)],
      ['waitBody', (t) => steps.waitBody(t, act)],
      ['recordResult', (t) => steps.recordResult(t, { ...act, result: 'met' })],
      ['close', (t) => steps.close(t, act)],
      ['reopen', (t) => steps.reopen(t, act)],
    ];
    const passed = { from: 'sogo', to: 'hokatsu-shiomi', at: now, by: 'x', reason: 'x', basis: 'consent' as const };
    for (const [name, run] of tries) {
      for (const state of TICKET_STATES) {
        const before: Ticket = { ...full(), state, passes: [passed] };
        const copy = structuredClone(before);
        const outcome = run(before);
        const legal = (steps.TRANSITIONS[name].from as readonly string[]).includes(state);
        expect([name, state, outcome.ok]).toEqual([name, state, legal]);
        if (!outcome.ok) expect(outcome.why).toBe('wrong_state');
        else {
          const { to } = steps.TRANSITIONS[name];
          expect(outcome.ticket.state).toBe(to === 'same' ? state : to);
          expect(outcome.ticket.history).toHaveLength(before.history.length + 1);
        }
        expect(before).toEqual(copy);
      }
    }
  });

  it('pass on only with a reason, and only where the consent reaches', () => {
    const pass = (ticket: Ticket, to: string, rest: { reason?: string; danger?: boolean } = {}) =>
      steps.passOn(ticket, { ...act, municipality: ashiya, to, reason: '困窮のこと', ...rest });
    const ticket = full();
    expect(pass(ticket, 'sogo')).toMatchObject({ ok: true, ticket: { window: 'sogo', state: 'new', assignee: null } });
    expect(done(pass(ticket, 'sogo')).passes).toMatchObject([
      { from: 'hokatsu-shiomi', basis: 'consent', reason: '困窮のこと' },
    ]);
    expect(pass(ticket, 'sogo', { reason: ' ' })).toEqual({ ok: false, why: 'reason_missing' });
    expect(pass(ticket, 'kikan')).toEqual({ ok: false, why: 'consent_refused' });
    expect(pass(ticket, 'kodomo')).toEqual({ ok: false, why: 'consent_not_to_this_body' });
    expect(pass(ticket, 'hokatsu-shiomi')).toEqual({ ok: false, why: 'same_window' });
    expect(pass(ticket, 'nowhere')).toEqual({ ok: false, why: 'unknown_window' });
    const silent = { ...ticket, consents: [], consent: 'none' as const };
    expect(pass(silent, 'sogo')).toEqual({ ok: false, why: 'consent_none' });
    const withdrawn = { ...ticket, consents: withdrawConsent(ticket.consents, { at: later }) };
    expect(pass(withdrawn, 'sogo')).toEqual({ ok: false, why: 'consent_withdrawn' });
    // Windows of one body are not "outside the receiving body" (R25).
    const oneBody: Municipality = { ...ashiya, windows: ashiya.windows.map((w) => ({ ...w, body: '社協' })) };
    expect(steps.passOn(silent, { ...act, municipality: oneBody, to: 'kikan', reason: 'x' })).toMatchObject({
      ok: true,
      ticket: { passes: [{ basis: 'same_body' }] },
    });
  });

  it('pass on without consent in danger only, and only to who is in charge of it', () => {
    const silent: Ticket = { ...full(), consents: [], consent: 'none' };
    const pass = (ticket: Ticket, to: string) =>
      steps.passOn(ticket, { ...act, municipality: ashiya, to, reason: '命の危険', danger: true });
    expect(pass(silent, 'kodomo')).toEqual({ ok: false, why: 'not_in_danger' });
    const danger: Ticket = { ...silent, crisis: 'child_abuse', crisisAt: now };
    expect(pass(danger, 'sogo')).toEqual({ ok: false, why: 'not_in_danger' });
    expect(done(pass(danger, 'kodomo')).passes).toMatchObject([{ to: 'kodomo', basis: 'danger' }]);
  });

  it('return along the way it came', () => {
    let ticket = done(steps.passOn(full(), { ...act, municipality: ashiya, to: 'sogo', reason: 'a' }));
    ticket = { ...ticket, consents: [...ticket.consents, consent('kikan', 'given', later)] };
    ticket = done(steps.passOn(ticket, { ...act, municipality: ashiya, to: 'kikan', reason: 'b' }));
    ticket = done(steps.returnTicket(ticket, { ...act, reason: '役割が決まった' }));
    expect(ticket.window).toBe('sogo');
    ticket = done(steps.returnTicket(ticket, { ...act, reason: '戻します' }));
    expect(ticket.window).toBe('hokatsu-shiomi');
    expect(steps.returnTicket(ticket, { ...act, reason: 'x' })).toEqual({ ok: false, why: 'not_passed' });
  });

  it('do not close over a booking that still stands', () => {
    const slot = { window: 'sogo', start: later + 1000, end: later + 2000, way: 'visit' as const };
    const booked: Ticket = { ...full(), state: 'accepted', booking: { id: 'b', slot, state: 'booked', place: null } };
    expect(steps.close(booked, act)).toEqual({ ok: false, why: 'booking_stands' });
    expect(steps.close(booked, { ...act, now: later + 5000 }).ok).toBe(true);
    const missed = done(steps.recordResult(booked, { by: 'sato', now: later + 5000, result: 'not_reached' }));
    expect(missed.booking?.state).toBe('missed');
  });

  it('keep a triage that staff corrected when the resident writes again', () => {
    const corrected = done(steps.correctTriage(full(), { ...act, needs: ['mental'], concerns: ['health'] }));
    expect(corrected.history.at(-1)?.detail).toEqual({ before: 'elderly,disability', needs: 'mental' });
    const after = updateTicket(corrected, facts({ assessment: assessment([['child', 0.9]]) }, '子ども'), {
      now: later,
    });
    expect(after.needs.map(({ need }) => need)).toEqual(['mental']);
    expect(after.concerns).toEqual([{ concern: 'health', most: true }]);
  });
});

describe('consent', () => {
  it('has an overall state by who holds the ticket', () => {
    expect(overallConsent([], 'a')).toBe('none');
    expect(overallConsent([consent('a', 'given')], 'a')).toBe('in_chat');
    expect(overallConsent([consent('a', 'given'), consent('b', 'given')], 'a')).toBe('listed');
    expect(overallConsent([consent('a', 'given')], 'b')).toBe('listed');
    expect(overallConsent([consent('a', 'refused')], 'a')).toBe('refused');
  });

  it('counts the latest answer for each recipient and keeps the earlier ones', () => {
    const twice = recordConsent([consent('b', 'refused')], consent('b', 'given', later));
    expect(twice).toHaveLength(2);
    expect(overallConsent(twice, 'a')).toBe('listed');
    const back = withdrawConsent(twice, { recipient: 'b', at: later + 1 });
    expect(back).toHaveLength(3);
    expect(back.at(-1)).toMatchObject({ recipient: 'b', state: 'withdrawn', at: later + 1, version: '1' });
    expect(overallConsent(back, 'a')).toBe('withdrawn');
    expect(withdrawConsent(back, { at: later + 2 })).toEqual(back);
  });

  it('given for one purpose does not count as given for another body', () => {
    const ticket = { ...full(), consents: [consent('sogo', 'given')] };
    const kikan = ashiya.windows.find((window) => window.id === 'kikan')!;
    expect(mayPass(ashiya, ticket, kikan)).toEqual({ ok: false, why: 'consent_not_to_this_body' });
  });
});

describe('a withdrawn message', () => {
  it('leaves none of its words, and takes along what was concluded from it alone', () => {
    const ticket = withdrawWords(full(), 'm2', later);
    expect(JSON.stringify(ticket)).not.toMatch(/弟も|障害/u);
    expect(ticket.words).toEqual([heard(SECRETS[0]!, 'm1'), { messageId: 'm2', text: null, at: now }]);
    expect(ticket.needs.map(({ need }) => need)).toEqual(['elderly']);
    expect(ticket.evidence).toContainEqual({ words: null, label: 'need:disability', messageId: 'm2' });
    expect(ticketSchema.parse(ticket)).toEqual(ticket);
  });

  it('is gone from every field, whichever it was', () => {
    const ids = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9'];
    fc.assert(
      fc.property(fc.subarray(ids), (withdrawn) => {
        const ticket = withdrawn.reduce((one, id) => withdrawWords(one, id, later), full());
        const text = JSON.stringify(ticket);
        const all: [string, string][] = [...SECRETS.entries()].map(([i, words]) => [
          ['m1', 'm2', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9'][i]!,
          words,
        ]);
        for (const [id, words] of all) expect(text.includes(words)).toBe(!withdrawn.includes(id));
      }),
    );
  });

  it('does not come back with a later update of the talk', () => {
    const ticket = withdrawWords(full(), 'm1', later);
    const stale = facts({}, '').heard;
    expect(stale).toHaveLength(1);
    expect(mergeHeard(ticket.words, [heard(SECRETS[0]!, 'm1')])[0]?.text).toBeNull();
  });

  it('of another ticket changes nothing', () => {
    const ticket = full();
    expect(withdrawWords(ticket, 'm99', later)).toBe(ticket);
    expect(withdrawWords(withdrawWords(ticket, 'm1', later), 'm1', later + 1).updatedAt).toBe(later);
  });
});

describe('the masked view', () => {
  it('shows none of the words, names, numbers or sensitive labels, in the same shape', () => {
    const corrected = done(steps.correctTriage(full(), { ...act, needs: ['abuse', 'elderly'] }));
    const noted = done(
      steps.note({ ...corrected, crisis: 'violence', crisisAt: now }, { ...act, id: 'n', text: '秘密のメモ' }),
    );
    const passed = done(steps.passOn(noted, { ...act, municipality: ashiya, to: 'sogo', reason: '秘密の理由' }));
    const masked = maskTicket(passed);
    const text = JSON.stringify(masked);
    for (const secret of [...SECRETS, '1234', '秘密', 'abuse', 'disability', 'violence', '弟', '"health"']) {
      expect(text).not.toContain(secret);
    }
    expect(ticketSchema.parse(masked)).toEqual(masked);
    expect(masked).toMatchObject({ masked: true, receipt: 'AAA-1111', crisisAt: now, needs: [{ need: 'elderly' }] });
    expect(masked.words[0]?.text).toBe(HIDDEN);
  });

  it('still shows that something was withdrawn', () => {
    expect(maskTicket(withdrawWords(full(), 'm1', later)).words[0]?.text).toBeNull();
  });
});

describe('the papers', () => {
  it('have the sixteen kinds with ○ and ◎, and 権利擁護 on the つなぐシート', () => {
    expect(STANDARD_CONCERNS).toHaveLength(16);
    const [headers, row] = formRows('intake', [full()], ashiya) as [string[], string[]];
    const under = (header: string): string | undefined => row[headers.indexOf(header)];
    expect(under('介護')).toBe('◎');
    expect(under('病気や健康、障害')).toBe('○');
    expect(under('債務')).toBe('');
    expect(headers).not.toContain('権利擁護');
    expect(formRows('tsunagu-sheet', [], ashiya)[0]).toContain('権利擁護');
    expect(headers).toHaveLength(new Set(headers).size);
  });

  it('are filled without retyping', () => {
    const passed = done(steps.passOn(full(), { ...act, municipality: ashiya, to: 'sogo', reason: '家計のこと' }));
    const [headers, row] = formRows('tsunagu-sheet', [passed], ashiya) as [string[], string[]];
    const paper = Object.fromEntries(headers.map((header, i) => [header, row[i]]));
    expect(headers[0]).toBe('情報共有の同意');
    expect(paper).toMatchObject({
      受付番号: 'AAA-1111',
      受付日時: '2026-11-30 10:00',
      相談者: '家族',
      圏域: 'shiomi',
      本人の言葉: `${SECRETS[0]}\n${SECRETS[1]}`,
      世帯の状況: '弟が一人います',
      配慮してほしいこと: SECRETS[6],
      つなぎ先: 'sogo',
      つなぐ理由: '家計のこと',
      情報共有の同意: '同意した機関あり',
    });
    expect(paper.提供先ごとの同意).toContain('kikan：同意しない（2026-11-30、相談のため、第1版）');
  });

  it('say that a message was withdrawn', () => {
    const index = FORMS.intake.findIndex((column) => column.id === 'words');
    expect(formRows('intake', [withdrawWords(full(), 'm1', later)], ashiya)[1]![index]).toContain(
      '本人が取り消しました',
    );
  });
});
