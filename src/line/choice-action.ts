import type { messagingApi } from '@line/bot-sdk';
import type { Choice } from '#contracts/message.ts';
import { countGraphemes } from '#support/graphemes.ts';
import { LineLimitError } from './limit-error.ts';
import { LINE_LIMITS } from './line-limits.ts';

/**
 * A choice as a LINE action. A tap on a postback shows its label in the talk, as if the resident had said it.
 * @param labelLimit graphemes: 20 in a quick reply, 40 in a flex button.
 * @throws LineLimitError
 */
export function choiceAction(choice: Choice, place: string, labelLimit: number): messagingApi.Action {
  const label = checkLabel(choice.label, `${place}.label`, labelLimit);
  switch (choice.kind) {
    case 'postback':
      return { type: 'postback', label, displayText: label, data: checkData(choice.data, `${place}.data`) };
    case 'date':
      return {
        type: 'datetimepicker',
        label,
        mode: 'date',
        data: checkData(choice.data, `${place}.data`),
        ...dateBounds(choice, place),
      };
    case 'uri':
      return { type: 'uri', label, uri: checkUri(choice.uri ?? '', `${place}.uri`) };
  }
}

function checkLabel(raw: string, place: string, limit: number): string {
  const label = raw.toWellFormed();
  if (label.trim() === '') throw new LineLimitError('label_missing', place);
  const found = countGraphemes(label);
  if (found > limit) throw new LineLimitError('label_too_long', place, { limit, found });
  return label;
}

function checkData(data: string, place: string): string {
  if (data === '') throw new LineLimitError('data_missing', place);
  const limit = LINE_LIMITS.postbackData;
  if (data.length > limit) throw new LineLimitError('data_too_long', place, { limit, found: data.length });
  return data.toWellFormed();
}

/** Percent-encodes what is not ASCII (a raw 予 is no valid URI), and `#` in a short dial such as `tel:#8008`. */
function checkUri(raw: string, place: string): string {
  const uri = raw.startsWith('tel:') ? raw.replaceAll('#', '%23') : URL.canParse(raw) ? new URL(raw).href : '';
  const fits =
    /^tel:[+*\d%()-][+*\d%()\d-]*(?:%23)?[\d*]*$/u.test(uri) || /^(?:https?:\/\/|line:\/\/)[\x21-\x7e]+$/u.test(uri);
  if (!fits) throw new LineLimitError('uri_invalid', place);
  const limit = LINE_LIMITS.uri;
  if (uri.length > limit) throw new LineLimitError('uri_too_long', place, { limit, found: uri.length });
  return uri;
}

/** LINE wants min < max. A single free day gets a neighbour; the engine refuses that one kindly. */
function dateBounds(choice: Choice, place: string): { min?: string; max?: string; initial?: string } {
  const { firstDate, lastDate } = LINE_LIMITS;
  for (const name of ['min', 'max', 'initial'] as const) {
    const day = choice[name];
    if (day !== undefined && (!isDay(day) || day < firstDate || day > lastDate)) {
      throw new LineLimitError('date_invalid', `${place}.${name}`);
    }
  }
  let { min, max, initial } = choice;
  if (min !== undefined && max !== undefined && min >= max) {
    if (min > max) throw new LineLimitError('date_invalid', `${place}.min`);
    if (max < lastDate) max = shiftDay(max, 1);
    else min = shiftDay(min, -1);
  }
  if (initial !== undefined && min !== undefined && initial < min) initial = min;
  if (initial !== undefined && max !== undefined && initial > max) initial = max;
  return {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(initial === undefined ? {} : { initial }),
  };
}

const isDay = (day: string): boolean => /^\d{4}-\d{2}-\d{2}$/u.test(day) && shiftDay(day, 0) === day;

function shiftDay(day: string, by: number): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? '' : new Date(at + by * 86_400_000).toISOString().slice(0, 10);
}
