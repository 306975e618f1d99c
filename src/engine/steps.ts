/** One handler per kind of step. A kind without one does not compile. */
import type { StepKind } from '#contracts/flow.ts';
import type { StepHandler } from './run.ts';
import { ask } from './steps/ask.ts';
import { book } from './steps/book.ts';
import { call } from './steps/call.ts';
import { cancel } from './steps/cancel.ts';
import { confirm } from './steps/confirm.ts';
import { consent } from './steps/consent.ts';
import { end } from './steps/end.ts';
import { handoff } from './steps/handoff.ts';
import { resources } from './steps/resources.ts';
import { route } from './steps/route.ts';
import { say } from './steps/say.ts';
import { triage } from './steps/triage.ts';
import { windows } from './steps/windows.ts';

export const HANDLERS: { readonly [K in StepKind]: StepHandler<K> } = {
  say,
  ask,
  triage,
  route,
  confirm,
  windows,
  book,
  consent,
  handoff,
  resources,
  cancel,
  call,
  end,
};
