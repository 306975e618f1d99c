/** A process that loads kuromoji's dictionary with kuromoji's own loader, tokenises one message and says its memory. */
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
const kuromoji = require('kuromoji') as typeof import('kuromoji');
const dicPath = path.join(path.dirname(require.resolve('kuromoji/package.json')), 'dict');
kuromoji.builder({ dicPath }).build((error, tokenizer) => {
  if (error) throw error;
  tokenizer.tokenize('母の物忘れがひどくて');
  console.log((process.memoryUsage().rss / 1024 / 1024).toFixed(0));
});
