/** A small service behind the simulator: the real LINE door and channel, and answers that show every kind of message. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { Incoming } from '#contracts/event.ts';
import type { Message } from '#contracts/message.ts';
import { createLineChannel } from '#line/channel.ts';
import { createLineRoutes } from '#line/routes.ts';
import { createSimulator, type Simulator, type SimulatorOptions, simulatorToken } from '#simulator/create-simulator.ts';
import { systemClock } from '#support/clock.ts';
import { createIds } from '#support/ids.ts';
import { silentLogger } from '#support/logger.ts';
import { deliverTo } from './serve-fake-line.ts';

const SECRET = '8c570fa6dd201bb328f1c1eac23a96d8';
const CITIES = [
  { id: 'ashiya', name: '芦屋市', account: 'あしやの窓口' },
  { id: 'fukui', name: '福井市', account: 'ふくいの窓口' },
];

export interface EchoService {
  url: string;
  simulator: Simulator;
  /** What the service was told, newest last. */
  seen: Incoming[];
  /** While true, the service answers every webhook with 500. */
  refuse(on: boolean): void;
  close(): Promise<void>;
}

export async function startEchoService(options: Pick<SimulatorOptions, 'explain'> = {}): Promise<EchoService> {
  const seen: Incoming[] = [];
  let refusing = false;
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const channel = createLineChannel({
    tokens: new Map(CITIES.map(({ id }) => [id, simulatorToken(id)])),
    baseUrl: url,
  });
  const routes = createLineRoutes({
    channels: new Map(CITIES.map(({ id }) => [id, { secret: SECRET }])),
    async receive(events) {
      if (refusing) throw new Error('refused by the test');
      seen.push(...events);
      // After the 200, as the real service does.
      for (const event of events) queueMicrotask(() => void answer(event));
    },
    contactOf: (municipality, userId) => `${municipality}-${userId}`,
    clock: systemClock,
    count: () => undefined,
    log: silentLogger,
  });
  const simulator = createSimulator({
    municipalities: CITIES,
    secretOf: () => SECRET,
    deliver: deliverTo(() => url),
    clock: systemClock,
    ids: createIds(),
    ...options,
  });
  const app = new Hono();
  app.route('/', routes);
  app.route('/simulator', simulator.routes);
  app.route('/', simulator.api);
  server.on('request', getRequestListener(app.fetch));

  return {
    url,
    simulator,
    seen,
    refuse: (on) => {
      refusing = on;
    },
    async close() {
      simulator.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };

  async function answer(event: Incoming): Promise<void> {
    const messages = say(event);
    if (messages.length === 0 || event.replyToken === undefined) return;
    await channel.reply(event.municipality, event.replyToken, messages);
  }
}

const choice = (label: string, data = `c.${label}`) => ({ label, kind: 'postback' as const, data });

function say(event: Incoming): Message[] {
  switch (event.type) {
    case 'follow':
      return [
        {
          type: 'text',
          text: 'こんにちは。ここは、くらしの困りごとを聞く窓口です。\n名前や住所は書かなくてだいじょうぶです。',
          choices: [],
        },
        {
          type: 'text',
          text: 'いま困っていることを、ひとことで教えてください。\n\nたとえば\n・母のことで疲れてしまった\n・来月の家賃がはらえない\n・だれとも話していない',
          choices: [],
        },
      ];
    case 'text':
      return sayToText(event.text);
    case 'media':
      return [
        { type: 'text', text: `${event.media} は見られませんが、届きました。ことばで教えてください。`, choices: [] },
      ];
    case 'postback':
      return [
        {
          type: 'text',
          text: event.date === undefined ? `「${event.data.replace('c.', '')}」ですね。` : `${event.date} ですね。`,
          choices: [],
        },
      ];
    default:
      return [];
  }
}

function sayToText(text: string): Message[] {
  if (text.includes('いつ')) {
    const day = {
      label: 'ほかの日をえらぶ',
      kind: 'date' as const,
      data: 'c.day',
      min: '2026-11-24',
      max: '2026-12-18',
      initial: '2026-11-25',
    };
    const times = ['11/24(火) 10:00', '11/24(火) 13:00', '11/25(水) 9:00', '11/26(木) 15:00'];
    return [
      {
        type: 'text',
        text: 'いつがいいですか。空いている時間です。',
        choices: [...times.map((time) => choice(time)), day],
      },
    ];
  }
  if (text.includes('窓口')) {
    const card = (title: string, why: string) => ({
      title,
      lines: [{ text: why }, { label: '場所', text: '市役所 1階（デモ）' }, { label: '電話', text: '0797-00-0000' }],
      buttons: [
        choice('ここに相談する'),
        { label: '地図を見る', kind: 'uri' as const, data: '', uri: 'https://example.jp/map' },
      ],
    });
    return [
      {
        type: 'cards',
        alt: 'ご案内できるところがあります。',
        cards: [
          card('総合相談窓口', 'どこに話せばいいかわからないときの窓口です。'),
          card('高齢者生活支援センター', 'お母さまの介護のことを一緒に考えます。'),
        ],
        choices: [],
      },
    ];
  }
  return [
    { type: 'text', text: `「${text}」\n話してくださって、ありがとうございます。`, choices: [] },
    {
      type: 'text',
      text: 'お金のことで困っている、ということで合っていますか。',
      choices: ['はい', 'すこしちがう', 'どれでもない', '人と話す'].map((label) => choice(label)),
    },
  ];
}
