// Loaded into a server under test (`NODE_OPTIONS=--import=…`): a machine whose clock is wrong by as many milliseconds as
// CLOCK_FILE says, and jumps when it is told (SIGUSR2) that the file has changed. Watches that never jump stay as they are.
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const RealDate = Date;
const read = () => Number(readFileSync(process.env.CLOCK_FILE, 'utf8'));
let offset = read();

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offset);
    else super(...given);
  }
  static now() {
    return RealDate.now() + offset;
  }
};
if (isMainThread)
  process.on('SIGUSR2', () => {
    offset = read();
  });
