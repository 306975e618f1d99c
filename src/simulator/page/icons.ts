/** Line drawings of the page; decoration, so hidden from screen readers. */
import { raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

const SHAPES = {
  back: '<path d="M15 4 7 12l8 8"/>',
  search: '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
  menu: '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
  plus: '<path d="M12 4v16M4 12h16"/>',
  camera: '<path d="M3 8h4l2-3h6l2 3h4v12H3z"/><circle cx="12" cy="13.5" r="4"/>',
  photo:
    '<rect x="3" y="4" width="18" height="16" rx="2"/><circle cx="8.5" cy="9.5" r="1.5"/><path d="m4 18 5-5 4 4 3-3 5 5"/>',
  smile: '<circle cx="12" cy="12" r="9"/><path d="M8 14c1 1.8 2.5 2.7 4 2.700s3-.9 4-2.700M9 9.500v.5M15 9.500v.5"/>',
  mic: '<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11a6.5 6.5 0 0 0 13 0M12 17.500V21"/>',
  send: '<path d="M3 20.5 21.5 12 3 3.5 6 12zM6 12h8" />',
  video: '<rect x="3" y="6" width="12" height="12" rx="2"/><path d="m15 11 6-4v10l-6-4"/>',
  file: '<path d="M6 3h8l5 5v13H6zM14 3v5h5"/>',
  pin: '<path d="M12 21s7-6.5 7-11.500a7 7 0 0 0-14 0C5 14.5 12 21 12 21z"/><circle cx="12" cy="9.5" r="2.5"/>',
  play: '<path d="M7 4.500v15l12-7.500z"/>',
  shield:
    '<path class="solid" d="M12 2.5 4.5 5v6.500c0 5 3.2 8.3 7.5 10 4.3-1.7 7.5-5 7.5-10V5z"/><path class="tick" d="m8.5 12 2.5 2.5 4.5-5"/>',
  close: '<path d="m5 5 14 14M19 5 5 19"/>',
} as const;
export type IconName = keyof typeof SHAPES;

export function icon(name: IconName): HtmlEscapedString {
  return raw(
    `<svg class="icon icon-${name}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${SHAPES[name]}</svg>`,
  );
}

/** Stickers of the page's own; the numbers are what the webhook carries. */
export const STICKERS = [
  { packageId: '446', stickerId: '1988', name: 'ありがとう', face: 'smile', word: 'ありがとう' },
  { packageId: '446', stickerId: '1989', name: 'OK', face: 'smile', word: 'OK' },
  { packageId: '446', stickerId: '1990', name: 'しょんぼり', face: 'sad', word: 'しょんぼり' },
  { packageId: '446', stickerId: '1991', name: 'しくしく', face: 'cry', word: 'しくしく' },
  { packageId: '446', stickerId: '1992', name: 'びっくり', face: 'wow', word: 'えっ!' },
  { packageId: '446', stickerId: '1993', name: 'おやすみ', face: 'sleep', word: 'おやすみ' },
  { packageId: '446', stickerId: '1994', name: 'おねがい', face: 'smile', word: 'おねがい' },
  { packageId: '446', stickerId: '1995', name: 'うーん', face: 'sad', word: 'うーん' },
] as const;

const FACES = {
  smile: '<path d="M36 50q3-5 6 0M58 50q3-5 6 0M42 62q8 8 16 0"/>',
  sad: '<path d="M36 48v5M64 48v5M42 67q8-8 16 0"/>',
  cry: '<path d="M34 49h9M57 49h9M42 67q8-8 16 0"/><path class="tear" d="M38 54q-4 8 0 10 4-2 0-10zM62 54q-4 8 0 10 4-2 0-10z"/>',
  wow: '<path d="M38 46v6M62 46v6"/><ellipse cx="50" cy="65" rx="5" ry="7"/>',
  sleep: '<path d="M35 51q4 4 8 0M57 51q4 4 8 0M45 66h10"/>',
} as const;

export function stickerPicture(sticker: (typeof STICKERS)[number]): HtmlEscapedString {
  return raw(
    `<svg class="sticker-picture" viewBox="0 0 100 100" role="img" aria-label="スタンプ「${sticker.name}」">
<text x="50" y="20" text-anchor="middle">${sticker.word}</text>
<path class="ears" d="M28 44 26 26l16 9zM72 44l2-18-16 9z"/><ellipse class="face" cx="50" cy="57" rx="28" ry="25"/>
<ellipse class="cheek" cx="32" cy="62" rx="4" ry="2.5"/><ellipse class="cheek" cx="68" cy="62" rx="4" ry="2.5"/>
<g class="lines">${FACES[sticker.face]}</g></svg>`,
  );
}
