/**
 * `tsunagi triage unmatched`: what the service was not sure of, as a work list for those who keep the dictionaries. The words
 * are a resident's own, so they are hidden (R20); `--reveal` needs a reason, and who looked and why stands in the audit log
 * before a word is printed (R24).
 */
import { NEED_NAMES, needSchema } from '#contracts/labels.ts';
import { dayOf, timeLabel } from '#engine/japan-time.ts';
import { writeAudit } from '#handoff/audit.ts';
import { HIDDEN } from '#handoff/mask-ticket.ts';
import { createDraft } from '#store/draft.ts';
import type { Store } from '#store/store.ts';
import type { Clock } from '#support/clock.ts';
import type { Ids } from '#support/ids.ts';
import type { Io } from './io.ts';

export interface UnmatchedWorld {
  readonly store: Store;
  /** Ids of the cities served. */
  readonly municipalities: readonly string[];
  readonly clock: Clock;
  readonly ids: Ids;
  /** Who runs the command, as the audit log shows it, e.g. `cli:tanaka`. */
  readonly by: string;
}

export interface UnmatchedOptions {
  readonly municipality?: string;
  readonly reveal?: boolean;
  readonly reason?: string;
  /** Newest first; 200 of each city unless told. */
  readonly limit?: number;
  readonly json?: boolean;
}

/** One message; `assessed` and `corrected` are ids of needs, `scope` is need, unclear or other. */
interface Line {
  readonly municipality: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly text: string;
  readonly scope: string;
  readonly assessed: readonly string[];
  readonly corrected: readonly string[] | null;
}

const DEFAULT_LIMIT = 200;

/** @returns exit code: 0, or 2 for wrong use. */
export async function unmatched(
  options: UnmatchedOptions,
  io: Pick<Io, 'stdout' | 'stderr'>,
  world: UnmatchedWorld,
): Promise<number> {
  const wrong = wrongUse(options, world);
  if (wrong !== null) {
    io.stderr.write(`${wrong}\n`);
    return 2;
  }
  const cities = options.municipality === undefined ? world.municipalities : [options.municipality];
  const lines: Line[] = [];
  for (const city of cities) {
    const found = await newest(world.store, city, options);
    await record(world, city, found.length, options);
    lines.push(...found);
  }
  io.stdout.write(options.json ? `${JSON.stringify(lines, null, 2)}\n` : asText(lines, options.reveal ?? false));
  return 0;
}

function wrongUse({ reveal, reason, municipality, limit }: UnmatchedOptions, world: UnmatchedWorld): string | null {
  if (reveal && (reason ?? '').trim() === '') {
    return '--reveal を使うときは --reason "理由" も書いてください。理由は監査ログに残ります。';
  }
  if (municipality !== undefined && !world.municipalities.includes(municipality)) {
    return `自治体「${municipality}」はありません。使えるのは ${world.municipalities.join('、')} です。`;
  }
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0))
    return '--limit には 1 以上の整数を書いてください。';
  return null;
}

async function newest(store: Store, city: string, options: UnmatchedOptions): Promise<Line[]> {
  const rows = await store.list(city, 'unmatched', 'at', { limit: options.limit ?? DEFAULT_LIMIT, reverse: true });
  return rows.map(({ body }) => {
    const [scope = '', needs = ''] = body.assessment.split(':');
    return {
      municipality: city,
      at: body.at,
      text: options.reveal ? body.text : HIDDEN,
      scope,
      // What illness or violence it may be about is as much the resident's own as the words.
      assessed: options.reveal ? needs.split(',').filter((need) => need !== '') : [],
      corrected: options.reveal || body.corrected === null ? body.corrected : [],
    };
  });
}

/** @throws Error when the line could not be kept: then nothing is shown. */
async function record(world: UnmatchedWorld, city: string, count: number, options: UnmatchedOptions): Promise<void> {
  const { store, clock, ids, by } = world;
  const draft = createDraft(store, city);
  const detail = {
    count: String(count),
    ...(options.reveal ? { revealed: 'true', reason: options.reason!.trim() } : {}),
  };
  writeAudit(draft, { at: clock.now(), by, action: 'unmatched.list', subject: null, detail }, ids);
  if (!(await draft.commit()).ok) throw new Error('the audit line could not be written');
}

const SCOPES: Record<string, string> = { need: '福祉の相談', unclear: 'まだわからない', other: '福祉以外' };

function asText(lines: readonly Line[], revealed: boolean): string {
  if (lines.length === 0) return '分けきれなかったことばはありません。\n';
  const rows = lines.map(({ municipality, at, text, scope, assessed, corrected }) =>
    [
      municipality,
      `${dayOf(at)} ${timeLabel(at)}`,
      `${SCOPES[scope] ?? scope}${assessed.length === 0 ? '' : `（${names(assessed)}）`}`,
      corrected === null ? '' : `訂正あり${corrected.length === 0 ? '' : `: ${names(corrected)}`}`,
      text.replaceAll(/[\t\n\r]+/g, ' '),
    ].join('\t'),
  );
  const hint = revealed
    ? 'dictionaries/examples/ に、言いかたを変えた例文を足し、npx tsunagi triage learn を実行してください（本人のことばをそのまま写さないでください）。'
    : 'ことばを見るには --reveal --reason "理由" をつけてください。記録に残ります。';
  return `${['自治体\t受けた時\t自動の判断\t訂正\tことば', ...rows, '', hint].join('\n')}\n`;
}

function names(needs: readonly string[]): string {
  return needs
    .map((need) => {
      const known = needSchema.safeParse(need);
      return known.success ? NEED_NAMES[known.data] : need;
    })
    .join('、');
}
