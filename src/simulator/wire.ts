/** LINE's wire as the stand-in speaks it: only what a one-to-one account sees (line-platform facts, sections 2 to 7). */

export type LineAction =
  | { type: 'postback'; label?: string; data: string; displayText?: string; text?: string; [more: string]: unknown }
  | { type: 'message'; label?: string; text: string }
  | { type: 'uri'; label?: string; uri: string; [more: string]: unknown }
  | {
      type: 'datetimepicker';
      label?: string;
      data: string;
      mode: 'date' | 'time' | 'datetime';
      initial?: string;
      min?: string;
      max?: string;
    }
  | { type: 'camera' | 'cameraRoll' | 'location'; label?: string }
  | { type: 'clipboard'; label?: string; clipboardText: string };

export interface FlexNode {
  type: string;
  text?: string;
  layout?: 'horizontal' | 'vertical' | 'baseline';
  contents?: FlexNode[];
  action?: LineAction;
  [more: string]: unknown;
}

export interface FlexBubble {
  type: 'bubble';
  size?: string;
  header?: FlexNode;
  hero?: FlexNode;
  body?: FlexNode;
  footer?: FlexNode;
  action?: LineAction;
}

/** A message object that has passed `checkMessages`, with the id LINE gave it. */
export interface LineMessage {
  id: string;
  type: string;
  text?: string;
  altText?: string;
  contents?: FlexBubble | { type: 'carousel'; contents: FlexBubble[] };
  template?: Record<string, unknown>;
  quickReply?: { items: { type: 'action'; action: LineAction }[] };
  [more: string]: unknown;
}

export type MediaKind = 'image' | 'video' | 'audio' | 'file' | 'location';

export type LineEvent = {
  type: string;
  mode: 'active';
  timestamp: number;
  webhookEventId: string;
  deliveryContext: { isRedelivery: boolean };
  source: { type: 'user'; userId: string };
  replyToken?: string;
} & Record<string, unknown>;

/** One thing on a resident's screen. */
export type Bubble = {
  /** LINE's message id, or an id of the screen's own for `notice`. */
  id: string;
  at: number;
} & (
  | { from: 'account'; message: LineMessage; via: 'reply' | 'push' }
  | {
      from: 'resident';
      message: Record<string, unknown> & { type: string; text?: string };
      unsent: boolean;
      read: boolean;
    }
  /** What a postback button said in the resident's name (`displayText`): no message event, it can't be unsent here. */
  | { from: 'resident-button'; text: string; read: boolean }
  | { from: 'notice'; text: string }
);

export interface Resident {
  userId: string;
  municipality: string;
  name: string;
  friend: boolean;
  blocked: boolean;
  /** What the screen shows, oldest first. */
  bubbles: Bubble[];
  /** Message objects as they arrived, kept when the resident clears nothing. */
  received: LineMessage[];
}

export interface Delivery {
  n: number;
  at: number;
  municipality: string;
  events: LineEvent[];
  body: string;
  signature: string;
  /** HTTP status of the last attempt; null = no answer. */
  status: number | null;
  attempts: number;
  /** Time the service took for the last attempt, milliseconds. */
  ms: number;
}

export interface Call {
  n: number;
  at: number;
  municipality: string | null;
  endpoint: 'reply' | 'push' | 'other';
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
  retryKey: string | null;
  /** Whom it was for, where that is known. */
  userId: string | null;
  /** What the caller was answered; null = the connection was cut. */
  status: number | null;
  answer: unknown;
  fault: FaultKind | null;
  /** Shown on the resident's screen. */
  delivered: boolean;
}

export type FaultKind = 'rate' | 'quota' | 'error' | 'error_taken' | 'reset' | 'lost' | 'slow' | 'unauthorized';

export interface Fault {
  kind: FaultKind;
  on: 'reply' | 'push' | 'any';
  municipality: string | null;
  /** Calls still to be struck. */
  times: number;
  /** For `slow`: delay of the answer, milliseconds. */
  ms: number;
}

export type Change =
  | { type: 'resident'; resident: Resident }
  | { type: 'bubble'; resident: Resident; bubble: Bubble }
  | { type: 'bubble-changed'; resident: Resident; bubble: Bubble }
  | { type: 'delivery'; delivery: Delivery }
  | { type: 'call'; call: Call }
  | { type: 'faults' };
