/** LINE's limits that a flow could run into (Messaging API reference: action labels, messages a call). */
export const LABEL = 20;
export const MESSAGES = 5;
/** Ours: more than four buttons are no help to somebody in trouble. */
export const MAIN_BUTTONS = 4;
