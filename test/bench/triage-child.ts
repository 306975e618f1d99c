/** A process that starts, answers one message and says how much memory it took. Arguments: dictionaries, cache. */
import { createTriage } from '#triage/create-triage.ts';

const [dictionariesDir = '', cacheDir = ''] = process.argv.slice(2);
const triage = await createTriage({ dictionariesDir, cacheDir });
if (triage.assess('母の物忘れがひどくて').needs.length === 0) process.exitCode = 1;
console.log((process.memoryUsage().rss / 1024 / 1024).toFixed(0));
