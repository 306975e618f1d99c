/** Plays one first message to its end as a resident who says yes to everything, on the real conversation of a city. */

import { openTalkWorld } from '#cli/talk-world.ts';
import type { Content } from '#content/load-content.ts';
import type { Message } from '#contracts/message.ts';
import type { Ticket } from '#contracts/ticket.ts';
import type { Triage } from '#triage/create-triage.ts';
import { readQuestions } from '#triage/splitting-question.ts';

export interface Played {
  /** Ids of the windows on the cards, in the order offered; empty when the talk needed none. */
  offered: string[];
  ticket: Ticket | undefined;
  /** What the resident sent, the message itself included. */
  turns: number;
  screen: string;
}

/** Tuesday, 24 November 2026, 10:00 in Japan. */
const AT = Date.parse('2026-11-24T10:00:00+09:00');
/** Buttons that lead on, most telling first. Without one of them, the first button is taken. */
const YES = [
  'この内容で届ける',
  'はい、伝えてください',
  'いまは予約しない',
  'はい、合っています',
  'いない',
  '市に知らせる',
  '近所・知り合い',
  'もう書いた',
  '選んだ窓口だけでいい',
  'どれでもない',
  '教えない',
];

/** @param district label of the district where the resident lives, taken when the city asks. */
export async function playFirstMessage(
  options: { content: Content; triage: Triage },
  city: string,
  text: string,
  district: string | null,
): Promise<Played> {
  const municipality = options.content.municipalities.get(city)!;
  const questions = readQuestions('dictionaries');
  const world = await openTalkWorld({ ...options, municipality: city, questions, at: AT });
  const offered: string[] = [];
  const all: Message[] = [];
  const see = (messages: Message[] | null): void => {
    for (const message of messages ?? []) {
      all.push(message);
      if (message.type !== 'cards' || offered.length > 0) continue;
      const ids = message.cards.map((card) => municipality.windows.find((one) => one.name === card.title)?.id);
      offered.push(...ids.flatMap((id) => id ?? []));
    }
  };
  await world.follow();
  see(await world.say(text));
  let turns = 1;
  while ((await world.tickets()).length === 0 && turns < 15) {
    const labels = world.buttons().map((choice) => choice.label);
    if (labels.length === 0) break;
    const places = municipality.resources.some((place) => labels.includes(place.name));
    const label =
      labels.find((one) => one === district) ??
      labels.find((one) => one === 'ほかの地域' && district !== null) ??
      YES.find((one) => labels.includes(one)) ??
      (places ? labels[0] : labels.find((one) => /電話|窓口に行って|わからない/u.test(one))) ??
      labels[0]!;
    see(await world.tap(label));
    turns += 1;
  }
  const ticket = (await world.tickets())[0];
  const failures = world.failures();
  await world.close();
  if (failures.length > 0) throw new Error(failures.join('\n'));
  return { offered, ticket, turns, screen: JSON.stringify(all) };
}
