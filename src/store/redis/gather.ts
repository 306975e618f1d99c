/**
 * Questions of one round of the event loop, for one city, go over in one call: calls cost more than what they ask. A call is
 * kept small, because Redis does nothing else while it answers.
 */
import { StoreError } from '../store.ts';

interface Asked<Q, A> {
  question: Q;
  resolve(answer: A): void;
  reject(error: unknown): void;
}

/**
 * @param options.send one call; answers in the order of the questions.
 * @param options.sizeOf what a question adds to a call, which holds at most `most`, or one question.
 * @throws StoreError `unavailable` at once when too many wait already.
 */
export function createGather<Q, A>(options: {
  send(city: string, questions: readonly Q[]): Promise<readonly A[]>;
  sizeOf(question: Q): number;
  most: number;
  mostWaiting?: number;
}): (city: string, question: Q) => Promise<A> {
  const { sizeOf, most, mostWaiting = 10_000 } = options;
  let cities = new Map<string, Asked<Q, A>[]>();
  let waiting = 0;

  const send = async (city: string, asked: readonly Asked<Q, A>[]): Promise<void> => {
    try {
      const answers = await options.send(
        city,
        asked.map(({ question }) => question),
      );
      for (const [i, { resolve }] of asked.entries()) resolve(answers[i]!);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    } finally {
      waiting -= asked.length;
    }
  };
  const sendAll = (): void => {
    const gathered = cities;
    cities = new Map();
    for (const [city, asked] of gathered) {
      let size = 0;
      let from = 0;
      for (const [i, { question }] of asked.entries()) {
        const more = sizeOf(question);
        if (i > from && size + more > most) {
          void send(city, asked.slice(from, i));
          from = i;
          size = 0;
        }
        size += more;
      }
      void send(city, asked.slice(from));
    }
  };

  return (city, question) => {
    if (waiting >= mostWaiting) {
      return Promise.reject(new StoreError('unavailable', `more than ${mostWaiting} calls wait for Redis`));
    }
    waiting++;
    return new Promise((resolve, reject) => {
      if (cities.size === 0) setImmediate(sendAll);
      const asked = cities.get(city);
      const one = { question, resolve, reject };
      if (asked) asked.push(one);
      else cities.set(city, [one]);
    });
  };
}
