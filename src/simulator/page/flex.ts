/** Flex messages and templates as HTML. Keywords become classes; free values (colours, pixels) ride in `data-css`, because the page allows no inline style: simulator.js applies them. */
import { html } from 'hono/html';
import { actionsOf } from '../screen-text.ts';
import type { FlexBubble, FlexNode, LineAction, LineMessage } from '../wire.ts';
import type { Html } from './html.ts';

export function flexHtml(message: LineMessage): Html {
  const { contents, template } = message;
  if (template !== undefined) return templateHtml(message, template);
  if (contents?.type === 'carousel') {
    const bubbles = contents.contents;
    return html`<div class="carousel" tabindex="0" role="group" aria-label="${message.altText ?? ''}（横に${bubbles.length}枚）">${bubbles.map((one) => bubbleHtml(message, one))}</div>`;
  }
  return contents === undefined ? html`` : bubbleHtml(message, contents);
}

function bubbleHtml(message: LineMessage, bubble: FlexBubble): Html {
  const block = (name: 'header' | 'hero' | 'body' | 'footer'): Html =>
    bubble[name] === undefined
      ? html``
      : html`<div class="block ${name}">${nodeHtml(message, bubble[name], null)}</div>`;
  return html`<div class="flex-bubble size-${bubble.size ?? 'mega'}">${block('header')}${block('hero')}${block('body')}${block('footer')}</div>`;
}

function nodeHtml(message: LineMessage, node: FlexNode, parent: FlexNode | null): Html {
  const look = lookOf(node, parent);
  switch (node.type) {
    case 'box': {
      const inside = html`<div class="box ${node.layout ?? 'vertical'} ${look.classes}" data-css="${look.css}">${(node.contents ?? []).map((child) => nodeHtml(message, child, node))}</div>`;
      return node.action === undefined ? inside : actionHtml(message, node.action, inside, 'tap');
    }
    case 'text': {
      const words = node.contents === undefined ? (node.text ?? '') : node.contents.map((span) => spanHtml(span));
      const inside = html`<span class="text ${look.classes}" data-css="${look.css}">${words}</span>`;
      return node.action === undefined ? inside : actionHtml(message, node.action, inside, 'tap');
    }
    case 'button': {
      const style = typeof node.style === 'string' ? node.style : 'link';
      return html`<div class="button-place ${look.classes}">${actionHtml(message, node.action!, node.action?.label ?? '', `flex-button ${style} height-${String(node.height ?? 'md')}`, look.css)}</div>`;
    }
    case 'separator':
      return html`<hr class="${look.classes}">`;
    case 'image':
      return html`<span class="flex-image" role="img" aria-label="画像"></span>`;
    default:
      return html`<span class="filler"></span>`;
  }
}

function spanHtml(span: FlexNode): Html {
  const look = lookOf(span, null);
  return html`<span class="${look.classes}" data-css="${look.css}">${span.text ?? ''}</span>`;
}

/** @param inside what is to be tapped. */
export function actionHtml(
  message: LineMessage,
  action: LineAction,
  inside: Html | string,
  classes: string,
  css = '{}',
): Html {
  if (action.type === 'uri') {
    return html`<a class="${classes}" data-css="${css}" href="${action.uri}" target="_blank" rel="noopener noreferrer">${inside}</a>`;
  }
  const key = `${message.id}:${actionsOf(message).indexOf(action)}`;
  if (action.type === 'datetimepicker') {
    const { mode, min = '', max = '', initial = '' } = action;
    return html`<button type="button" class="${classes}" data-css="${css}" data-picker="${key}" data-mode="${mode}" data-min="${min}" data-max="${max}" data-initial="${initial}">${inside}</button>`;
  }
  return html`<button class="${classes}" data-css="${css}" name="press" value="${key}">${inside}</button>`;
}

function templateHtml(message: LineMessage, template: Record<string, unknown>): Html {
  const columns = (template.columns ?? [template]) as { title?: string; text?: string; actions: LineAction[] }[];
  const cards = columns.map(
    ({
      title,
      text,
      actions,
    }) => html`<div class="flex-bubble size-kilo"><div class="block body"><div class="box vertical">
${title === undefined ? '' : html`<span class="text weight-bold wrap">${title}</span>`}<span class="text wrap">${text ?? ''}</span></div></div>
<div class="block footer"><div class="box vertical">${actions.map((action) => actionHtml(message, action, action.label ?? '', 'flex-button link'))}</div></div></div>`,
  );
  return html`<div class="carousel">${cards}</div>`;
}

const KEYWORD = /^[a-z0-9-]{1,12}$/u;
const CSS_OF: Record<string, string> = {
  color: 'color',
  backgroundColor: 'backgroundColor',
  cornerRadius: 'borderRadius',
  paddingAll: 'padding',
  paddingTop: 'paddingTop',
  paddingBottom: 'paddingBottom',
  paddingStart: 'paddingLeft',
  paddingEnd: 'paddingRight',
  spacing: 'gap',
  margin: 'marginTop',
  size: 'fontSize',
  width: 'width',
  height: 'height',
  borderColor: 'borderColor',
  borderWidth: 'borderWidth',
};

function lookOf(node: FlexNode, parent: FlexNode | null): { classes: string; css: string } {
  const classes: string[] = [];
  const css: Record<string, string> = {};
  for (const name of [
    'size',
    'weight',
    'align',
    'gravity',
    'style',
    'decoration',
    'justifyContent',
    'alignItems',
    ...Object.keys(CSS_OF),
  ]) {
    const value = node[name];
    if (typeof value !== 'string') continue;
    const property = CSS_OF[name];
    if (property !== undefined && /^#|px$|%$/u.test(value)) {
      // A primary button's colour is its ground.
      const ground = node.type === 'button' && name === 'color' && node.style !== 'link' && node.style !== undefined;
      css[ground ? 'backgroundColor' : name === 'margin' && parent?.layout === 'horizontal' ? 'marginLeft' : property] =
        value;
    } else if (KEYWORD.test(value)) classes.push(`${name}-${value}`);
  }
  if (node.wrap === true) classes.push('wrap');
  if (parent !== null && parent.layout !== 'vertical') classes.push(node.flex === 0 ? 'fixed' : 'share');
  return { classes: [...new Set(classes)].join(' '), css: JSON.stringify(css) };
}
