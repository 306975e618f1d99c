// Installs what is missing before `npm start` and `npm test`: plain JavaScript, since it runs on whatever Node (≥ 20) the
// machine has. Everything after it runs on the Node 24 that npm brings.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const marker = join(top, 'node_modules', '.tsunagi-installed');
const lock = join(top, 'package-lock.json');

const lockHash = () => createHash('sha256').update(readFileSync(lock)).digest('hex');

/** True when node_modules was installed from the lock file as it stands. */
export function isInstalled() {
  if (!existsSync(join(top, 'node_modules', '.bin', 'node'))) return false;
  if (!existsSync(marker)) return false;
  return readFileSync(marker, 'utf8') === lockHash();
}

/**
 * Installs what the lock file names; the dev dependencies are part of it because Node 24 itself is one. `npm install
 * --no-save` rather than `npm ci`: the latter refuses the whole lock when a registry lacks one package for another
 * platform, which an optional dependency of a tool may be.
 */
export function install() {
  process.stderr.write('tsunagi: 必要な部品を入れています(はじめての時だけ、1〜2分)… / installing packages, once\n');
  // An environment that says "production" would leave out the Node this service runs on.
  const env = { ...process.env, NODE_ENV: 'development', npm_config_omit: '' };
  const npm = spawnSync(
    'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', '--include=dev', '--loglevel=error'],
    { cwd: top, env, stdio: ['ignore', 2, 2] },
  );
  if (npm.status !== 0) {
    process.stderr.write(
      'tsunagi: `npm install` did not succeed; the lines above say why. 上の表示をご確認ください。\n',
    );
    process.exit(1);
  }
  writeFileSync(marker, lockHash());
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [major] = process.versions.node.split('.');
  if (Number(major) < 20) {
    process.stderr.write(`tsunagi: Node ${process.versions.node} is too old; 20 or newer is needed to install.\n`);
    process.exit(1);
  }
  if (!isInstalled()) install();
}
