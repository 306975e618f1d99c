/** Template messages against LINE's limits (reference, "Template messages"). */
import { z } from 'zod';
import { actionSchema } from './check-actions.ts';
import { graphemes, httpsUrl, label20 } from './lengths.ts';

const action = actionSchema({ label: label20, place: 'template' });
const image = { thumbnailImageUrl: httpsUrl.optional(), imageBackgroundColor: z.string().optional() };
const look = {
  imageAspectRatio: z.enum(['rectangle', 'square']).optional(),
  imageSize: z.enum(['cover', 'contain']).optional(),
};
const title = graphemes(1, 40).optional();

/** 60 characters as soon as there is a title or an image. */
function shortBesidePicture(full: number) {
  return (
    part: { text: string; title?: string | undefined; thumbnailImageUrl?: string | undefined },
    context: z.RefinementCtx,
  ): void => {
    const limit = part.title === undefined && part.thumbnailImageUrl === undefined ? full : 60;
    if (!graphemes(1, limit).safeParse(part.text).success) {
      context.addIssue({ code: 'custom', message: `Length must be between 1 and ${limit}`, path: ['text'] });
    }
  };
}

const column = z
  .strictObject({
    ...image,
    title,
    text: z.string(),
    defaultAction: action.optional(),
    actions: z.array(action).min(1).max(3),
  })
  .superRefine(shortBesidePicture(120));

export const templateSchema = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('buttons'),
      ...image,
      ...look,
      title,
      text: z.string(),
      defaultAction: action.optional(),
      actions: z.array(action).min(1).max(4),
    })
    .superRefine(shortBesidePicture(160)),
  z.strictObject({ type: z.literal('confirm'), text: graphemes(1, 240), actions: z.array(action).length(2) }),
  z.strictObject({ type: z.literal('carousel'), ...look, columns: z.array(column).min(1).max(10).superRefine(alike) }),
  z.strictObject({
    type: z.literal('image_carousel'),
    columns: z
      .array(
        z.strictObject({
          imageUrl: httpsUrl,
          action: actionSchema({ label: graphemes(1, 12).optional(), place: 'template' }),
        }),
      )
      .min(1)
      .max(10),
  }),
]);

function alike(columns: readonly z.infer<typeof column>[], context: z.RefinementCtx): void {
  const shapes = columns.map((one) =>
    [one.actions.length, one.title !== undefined, one.thumbnailImageUrl !== undefined].join(),
  );
  if (new Set(shapes).size > 1) {
    context.addIssue({ code: 'custom', message: 'columns must have the same number of actions, title and image' });
  }
}
