/** Flex messages against what LINE takes (reference, "Flex Message"): a property it does not know is refused. */
import { z } from 'zod';
import { actionSchema } from './check-actions.ts';
import { graphemes, httpsUrl } from './lengths.ts';

/** Bytes of the JSON, as LINE measures bubbles. */
export const utf8 = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

const buttonAction = actionSchema({ label: graphemes(1, 40), place: 'flex' });
const tapAction = actionSchema({ label: graphemes(1, 40).optional(), place: 'flex' }).optional();

const colour = z.string().regex(/^#(?:[0-9a-f]{6}|[0-9a-f]{8})$/iu, 'invalid color');
const pixels = String.raw`\d+(?:\.\d+)?px`;
const words = (list: string, more: string): z.ZodString =>
  z.string().regex(new RegExp(`^(?:${list}|${more})$`, 'u'), 'invalid property');
const space = words('none|xs|sm|md|lg|xl|xxl', pixels);
const spaceOrShare = words('none|xs|sm|md|lg|xl|xxl', String.raw`${pixels}|\d+(?:\.\d+)?%`);
const fontSize = words('xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl', pixels);
const imageSize = words('xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl|full', String.raw`${pixels}|\d+(?:\.\d+)?%`);
const length = words('none', String.raw`${pixels}|\d+(?:\.\d+)?%`);
const aspectRatio = z.string().refine((ratio) => {
  const [, w, h] = /^(\d{1,6}(?:\.\d+)?):(\d{1,6}(?:\.\d+)?)$/u.exec(ratio) ?? [];
  return w !== undefined && h !== undefined && Number(w) >= 1 && Number(h) >= 1 && Number(h) <= 3 * Number(w);
}, 'invalid property');

const flex = z.int().nonnegative().optional();
const gravity = z.enum(['top', 'bottom', 'center']).optional();
const align = z.enum(['start', 'end', 'center']).optional();
const offsets = {
  margin: space.optional(),
  position: z.enum(['relative', 'absolute']).optional(),
  offsetTop: spaceOrShare.optional(),
  offsetBottom: spaceOrShare.optional(),
  offsetStart: spaceOrShare.optional(),
  offsetEnd: spaceOrShare.optional(),
};
const lettering = {
  size: fontSize.optional(),
  color: colour.optional(),
  weight: z.enum(['regular', 'bold']).optional(),
  style: z.enum(['normal', 'italic']).optional(),
  decoration: z.enum(['none', 'underline', 'line-through']).optional(),
};
const words1 = z.string().min(1, 'must be non-empty text');

const span = z.strictObject({ type: z.literal('span'), text: words1, ...lettering });
const text = z
  .strictObject({
    type: z.literal('text'),
    text: words1.optional(),
    contents: z.array(span).optional(),
    ...lettering,
    ...offsets,
    flex,
    align,
    gravity,
    wrap: z.boolean().optional(),
    lineSpacing: z
      .string()
      .regex(/^\d+(?:\.\d+)?px$/u)
      .optional(),
    maxLines: z.int().nonnegative().optional(),
    action: tapAction,
    adjustMode: z.literal('shrink-to-fit').optional(),
    scaling: z.boolean().optional(),
  })
  .refine((part) => part.text !== undefined || (part.contents?.length ?? 0) > 0, {
    message: 'must be specified',
    path: ['text'],
  });
const button = z.strictObject({
  type: z.literal('button'),
  action: buttonAction,
  ...offsets,
  flex,
  gravity,
  color: colour.optional(),
  style: z.enum(['primary', 'secondary', 'link']).optional(),
  height: z.enum(['sm', 'md']).optional(),
  adjustMode: z.literal('shrink-to-fit').optional(),
  scaling: z.boolean().optional(),
});
const image = z.strictObject({
  type: z.literal('image'),
  url: httpsUrl,
  ...offsets,
  flex,
  align,
  gravity,
  size: imageSize.optional(),
  aspectRatio: aspectRatio.optional(),
  aspectMode: z.enum(['fit', 'cover']).optional(),
  backgroundColor: colour.optional(),
  action: tapAction,
  animated: z.boolean().optional(),
});
const icon = z.strictObject({
  type: z.literal('icon'),
  url: httpsUrl,
  ...offsets,
  size: fontSize.optional(),
  aspectRatio: aspectRatio.optional(),
  scaling: z.boolean().optional(),
});
const separator = z.strictObject({ type: z.literal('separator'), margin: space.optional(), color: colour.optional() });
const filler = z.strictObject({ type: z.literal('filler'), flex });

const box = z
  .strictObject({
    type: z.literal('box'),
    layout: z.enum(['horizontal', 'vertical', 'baseline']),
    contents: z.array(z.lazy((): z.ZodType => component)),
    ...offsets,
    flex,
    spacing: space.optional(),
    backgroundColor: colour.optional(),
    borderColor: colour.optional(),
    borderWidth: words('none|light|normal|medium|semi-bold|bold', pixels).optional(),
    cornerRadius: space.optional(),
    width: length.optional(),
    maxWidth: length.optional(),
    height: length.optional(),
    maxHeight: length.optional(),
    paddingAll: spaceOrShare.optional(),
    paddingTop: spaceOrShare.optional(),
    paddingBottom: spaceOrShare.optional(),
    paddingStart: spaceOrShare.optional(),
    paddingEnd: spaceOrShare.optional(),
    action: tapAction,
    justifyContent: z
      .enum(['center', 'flex-start', 'flex-end', 'space-between', 'space-around', 'space-evenly'])
      .optional(),
    alignItems: z.enum(['center', 'flex-start', 'flex-end']).optional(),
    background: z.looseObject({ type: z.literal('linearGradient') }).optional(),
  })
  .superRefine((one, context) => {
    if (one.layout !== 'baseline') return;
    for (const [at, child] of one.contents.entries()) {
      if (['icon', 'text', 'filler'].includes((child as { type: string }).type)) continue;
      context.addIssue({
        code: 'custom',
        message: 'baseline box holds icon, text and filler only',
        path: ['contents', at, 'type'],
      });
    }
  });
const component: z.ZodType = z.discriminatedUnion('type', [box, text, button, image, icon, separator, filler], {
  error: 'invalid property',
});

const block = z.strictObject({
  backgroundColor: colour.optional(),
  separator: z.boolean().optional(),
  separatorColor: colour.optional(),
});
export const bubbleSchema = z
  .strictObject({
    type: z.literal('bubble'),
    size: z.enum(['nano', 'micro', 'deca', 'hecto', 'kilo', 'mega', 'giga']).optional(),
    direction: z.enum(['ltr', 'rtl']).optional(),
    header: box.optional(),
    hero: z.union([box, image]).optional(),
    body: box.optional(),
    footer: box.optional(),
    styles: z
      .strictObject({
        header: block.optional(),
        hero: block.optional(),
        body: block.optional(),
        footer: block.optional(),
      })
      .optional(),
    action: tapAction,
  })
  .refine(
    (bubble) => bubble.header ?? bubble.hero ?? bubble.body ?? bubble.footer,
    'At least one block must be specified',
  );

export const carouselSchema = z.strictObject({
  type: z.literal('carousel'),
  contents: z
    .array(bubbleSchema)
    .min(1, 'Size must be between 1 and 12')
    .max(12, 'Size must be between 1 and 12')
    .refine(
      (bubbles) => new Set(bubbles.map((bubble) => bubble.size ?? 'mega')).size <= 1,
      'all bubbles must have one size',
    ),
});
