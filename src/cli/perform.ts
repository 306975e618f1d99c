import type { Message } from '#contracts/message.ts';
import type { TalkStep } from './talk-file.ts';
import type { TalkWorld } from './talk-world.ts';

/** Does one thing as the resident. @returns what came back; null when there is no such button. */
export async function perform(world: TalkWorld, step: TalkStep): Promise<Message[] | null> {
  if (step.says !== undefined) return world.say(step.says);
  if (step.taps !== undefined) return world.tap(step.taps);
  if (step.taps_old !== undefined) return world.tap(step.taps_old, { old: true });
  if (step.picks !== undefined) {
    const picker = world.buttons().find((choice) => choice.kind === 'date');
    return picker === undefined ? null : world.tap(picker.label, { date: step.picks });
  }
  if (step.sends !== undefined) return world.send(step.sends);
  if (step.unsends !== undefined) return world.unsend(step.unsends);
  if (step.follows) return world.follow();
  if (step.blocks) return world.block();
  if (step.someone_takes !== undefined) return (await world.takeElsewhere(step.someone_takes)) ? [] : null;
  return world.wait(duration(step.waits ?? '0分'));
}

function duration(text: string): number {
  const amount = Number.parseInt(text, 10);
  return amount * (text.endsWith('日') ? 86_400_000 : text.endsWith('時間') ? 3_600_000 : 60_000);
}
