/** How the service is started: what package.json's `start` gives Node, its flags and the script. */
import about from '../../package.json' with { type: 'json' };

/** A young generation of 32 MB: a turn leaves some 100 KB, and collecting less often leaves 5 % more for the turns. */
export const START_ARGS: readonly string[] = about.scripts.start.split(' ').slice(1);
