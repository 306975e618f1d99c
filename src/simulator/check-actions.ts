/** Action objects against LINE's limits (reference, "Actions"). */
import { z } from 'zod';
import { graphemes, units } from './lengths.ts';

const data = units(1, 300);
// Characters outside ASCII must be percent-encoded.
const uri = units(1, 1000).regex(/^(?:https?:\/\/|line:\/\/|tel:)[!-~]+$/u, 'invalid uri scheme');

const dates = {
  date: /^(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$|^2100-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/u,
  time: /^(?:[01]\d|2[0-3]):[0-5]\d$/u,
  datetime: /^(?:19|20)\d\d-\d\d-\d\d[Tt](?:[01]\d|2[0-3]):[0-5]\d$/u,
};

/** @param place camera, cameraRoll and location are for quick replies only; altUri is not. */
export function actionSchema(options: {
  label: z.ZodType<string | undefined>;
  place: 'quickReply' | 'template' | 'flex';
}): z.ZodType {
  const { label, place } = options;
  const quickOnly = z.strictObject({ type: z.enum(['camera', 'cameraRoll', 'location']), label });
  const kinds = [
    z
      .strictObject({
        type: z.literal('postback'),
        label,
        data,
        displayText: graphemes(1, 300).optional(),
        text: graphemes(1, 300).optional(),
        inputOption: z.enum(['closeRichMenu', 'openRichMenu', 'openKeyboard', 'openVoice']).optional(),
        fillInText: graphemes(1, 300).optional(),
      })
      .refine(
        (action) => action.displayText === undefined || action.text === undefined,
        'displayText and text can not be used together',
      )
      .refine(
        (action) => action.fillInText === undefined || action.inputOption === 'openKeyboard',
        'fillInText needs openKeyboard',
      ),
    z.strictObject({ type: z.literal('message'), label, text: graphemes(1, 300) }),
    place === 'quickReply'
      ? z.strictObject({ type: z.literal('uri'), label, uri })
      : z.strictObject({ type: z.literal('uri'), label, uri, altUri: z.strictObject({ desktop: uri }).optional() }),
    z
      .strictObject({
        type: z.literal('datetimepicker'),
        label,
        data,
        mode: z.enum(['date', 'time', 'datetime']),
        initial: z.string().optional(),
        min: z.string().optional(),
        max: z.string().optional(),
      })
      .superRefine((action, context) => {
        for (const field of ['initial', 'min', 'max'] as const) {
          const value = action[field];
          if (value !== undefined && !dates[action.mode].test(value)) {
            context.addIssue({ code: 'custom', message: 'invalid datetime format', path: [field] });
          }
        }
        const { initial, min, max } = action;
        if (min !== undefined && max !== undefined && min >= max) {
          context.addIssue({ code: 'custom', message: 'min must be earlier than max', path: ['min'] });
        }
        if (initial !== undefined && ((min !== undefined && initial < min) || (max !== undefined && initial > max))) {
          context.addIssue({ code: 'custom', message: 'initial must be between min and max', path: ['initial'] });
        }
      }),
    z.strictObject({ type: z.literal('clipboard'), label, clipboardText: units(1, 1000) }),
  ] as const;
  return place === 'quickReply'
    ? z.discriminatedUnion('type', [...kinds, quickOnly], { error: 'invalid action type' })
    : z.discriminatedUnion('type', [...kinds], { error: 'invalid action type' });
}
