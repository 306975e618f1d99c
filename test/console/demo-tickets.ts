/** A morning's tickets, as the demonstration and the guide show them. All people are made up. */
import type { Ticket } from '#contracts/ticket.ts';
import { raiseAlert } from '#conversation/alerts.ts';
import { inDraft } from '#store/draft.ts';
import { CITY, type Office } from './harness.ts';

const MINUTE = 60_000;

export async function demoTickets(
  office: Office,
  staff: { sato: string },
): Promise<{ main: Ticket; crisis: Ticket; booked: Ticket }> {
  const now = office.clock.now();
  const heard = (n: number, text: string | null, ago: number) => ({ messageId: `d${n}`, text, at: now - ago * MINUTE });
  const main = await office.ticket({
    receipt: 'K4T-9QWA',
    contact: 'contact-k',
    createdAt: now - 50 * MINUTE,
    updatedAt: now - 40 * MINUTE,
    words: [
      heard(1, '父が夜になると家の中を歩き回って、私も眠れません。仕事にも行けなくなってきました。', 55),
      heard(2, 'ガス代の督促が来ていて、今月末で止まると書いてあります。', 53),
      heard(3, null, 52),
      heard(4, '息子は高校をずっと休んでいます。', 51),
    ],
    needs: [
      { need: 'elderly', score: 0.94, confirmed: true },
      { need: 'livelihood', score: 0.81, confirmed: true },
      { need: 'mental', score: 0.44, confirmed: false },
    ],
    evidence: [
      { words: '夜になると家の中を歩き回って', label: 'need:elderly', messageId: 'd1' },
      { words: 'ガス代の督促', label: 'need:livelihood', messageId: 'd2' },
      { words: '眠れません', label: 'need:mental', messageId: 'd1' },
    ],
    concerns: [
      { concern: 'care', most: true },
      { concern: 'public_dues', most: false },
      { concern: 'income', most: false },
      { concern: 'withdrawal', most: false },
      { concern: 'family', most: false },
    ],
    members: [
      { relation: '父', roles: ['cared_for'], messageId: 'd1' },
      { relation: '息子', roles: ['child'], messageId: 'd4' },
    ],
    household: [heard(4, '息子は高校をずっと休んでいます。', 51)],
    deadlines: [
      { what: 'cut_off', words: 'ガス代の督促が来ていて、今月末で止まると書いてあります。', messageId: 'd2' },
    ],
    urgent: true,
    ageBand: 'adult',
    district: 'seido',
    speaker: 'family',
    nickname: heard(5, 'みどり', 49),
    way: 'phone',
    safeHours: heard(6, '平日の昼、電話は1時ごろだけ', 48),
    consideration: [heard(7, '父の前では介護という言葉を使わないでほしい', 47)],
    offered: ['hokatsu-seido', 'sogo'],
    refused: ['kodomo'],
    consent: 'in_chat',
    consents: [
      {
        recipient: 'sogo',
        purpose: '相談を受けて、必要な手助けを一緒に考えるため',
        state: 'given',
        wording: 'ここまでのお話を、総合相談窓口の職員に伝えてもよいですか。',
        version: '2026-11-21',
        at: now - 46 * MINUTE,
      },
    ],
  });
  await office.ticket({
    receipt: 'H7M-3XCV',
    contact: 'contact-k',
    createdAt: now - 40 * 1440 * MINUTE,
    state: 'closed',
    window: 'hokatsu-seido',
  });
  await office.ticket({
    receipt: 'P9R-4LDE',
    createdAt: now - 1200 * MINUTE,
    outOfHours: true,
    needs: [{ need: 'housing', score: 0.9, confirmed: true }],
    ageBand: 'youth',
    speaker: 'self',
    district: null,
  });
  await office.ticket({
    receipt: 'V3N-7GHJ',
    createdAt: now - 20 * MINUTE,
    needs: [
      { need: 'isolation', score: 0.8, confirmed: true },
      { need: 'disability', score: 0.5, confirmed: false },
    ],
    speaker: 'family',
    ageBand: 'senior',
  });
  await office.ticket({
    receipt: 'D6Y-9TKM',
    createdAt: now - 6 * MINUTE,
    window: 'kodomo',
    needs: [{ need: 'child', score: 0.9, confirmed: true }],
    ageBand: 'adult',
    speaker: 'self',
  });
  const start = Date.parse('2026-11-26T10:00:00+09:00');
  const booked = await office.ticket({
    receipt: 'F4C-6WPX',
    createdAt: now - 200 * MINUTE,
    state: 'accepted',
    assignee: staff.sato,
    needs: [{ need: 'livelihood', score: 0.9, confirmed: true }],
    ageBand: 'adult',
    booking: {
      id: `sogo|${start}|c1`,
      slot: { window: 'sogo', start, end: start + 60 * MINUTE, way: 'visit' },
      state: 'booked',
      place: '保健福祉センター',
    },
  });
  const slot = booked.booking!.slot;
  await office.store.commit(CITY, [
    {
      type: 'put',
      kind: 'place',
      id: `sogo|${start}`,
      revision: 0,
      body: { slot, claims: [{ id: 'c1', contact: booked.contact, until: null, ticket: booked.id }] },
    },
  ]);
  const crisis = await office.ticket({
    receipt: 'W7Q-4NCD',
    createdAt: now - 2 * MINUTE,
    urgent: true,
    crisis: 'suicide',
    crisisAt: now - 2 * MINUTE,
    needs: [{ need: 'mental', score: 0.97, confirmed: false }],
    words: [heard(9, 'もう全部終わりにしたいです', 2)],
    ageBand: null,
    speaker: 'self',
    district: null,
  });
  await office.store.commit(CITY, [
    {
      type: 'put',
      kind: 'template',
      id: 't1',
      revision: 0,
      body: {
        name: '受け取りました',
        text: 'お話を受け取りました。つらいなか、書いてくださってありがとうございます。',
        at: now,
        by: staff.sato,
      },
    },
    {
      type: 'put',
      kind: 'template',
      id: 't2',
      revision: 0,
      body: {
        name: '電話してよい時間',
        text: 'お電話してもよい時間があれば、教えてください。電話でなくても大丈夫です。',
        at: now,
        by: staff.sato,
      },
    },
  ]);
  return { main, crisis, booked };
}

export const raiseFor = (office: Office, ticket: Ticket): Promise<void> =>
  inDraft(office.store, CITY, (draft) =>
    raiseAlert(draft, {
      ticket: ticket.id,
      receipt: ticket.receipt,
      window: ticket.window,
      kind: ticket.crisis,
      at: office.clock.now(),
    }),
  );
