/** Which of the process's threads goes first. */
import { setPriority } from 'node:os';

/** setpriority(2): a thread at 5 gets a quarter of a core that it contests with one at 0. */
const NICENESS = 5;

/**
 * The thread that calls this stands back behind the event loop: each thread that works for it does, so that webhooks are
 * taken while all cores are busy. Linux alone keeps a priority a thread (elsewhere nothing happens), and weighs it only
 * against what runs in the same container, service or session.
 */
export function goBehind(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(NICENESS);
  } catch {
    // Some sandboxes forbid it; nothing depends on it.
  }
}
