/** One real browser for the suites that look at pages: Debian's chromium through playwright-core. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';

const PATH = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @returns null, and prints why, where there is no browser. @throws the same with CI=true. */
async function launchChromium(): Promise<Browser | null> {
  const reason = whyNot();
  if (reason === null) return chromium.launch({ executablePath: PATH, args: FLAGS });
  if (process.env.CI === 'true') throw new Error(reason);
  return null;
}

/** A suite with a browser of its own; skipped with a printed reason where there is none, a failure with CI=true. */
export function describeInBrowser(name: string, suite: (browser: () => Browser) => void): void {
  const reason = whyNot();
  if (reason !== null) {
    if (process.env.CI === 'true') throw new Error(`${name}: ${reason}`);
    console.log(`${name}: skipped, ${reason}`);
  }
  describe.skipIf(reason !== null)(name, () => {
    let browser: Browser | null = null;
    beforeAll(async () => {
      browser = await launchChromium();
    }, 60_000);
    afterAll(() => browser?.close());
    suite(() => browser!);
  });
}

function whyNot(): string | null {
  return existsSync(PATH) ? null : `no browser at ${PATH} (set CHROMIUM_PATH, or apt-get install chromium)`;
}
