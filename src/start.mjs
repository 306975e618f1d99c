// What `npm start` runs: keeps the compiled sources beside the other caches, so that the next start need not strip and compile
// them again, and then hands over to main.ts. Plain JavaScript because the cache must be on before the first source is read.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(process.env.CACHE_DIR || '.cache', 'node'));
const { main } = await import('./main.ts');
await main();
