import { existsSync } from 'node:fs';
import { chromium } from 'playwright';
import { systemChromium } from './chromium.mjs';
import { inProject } from './places.mjs';
import { Stop, say } from './say.mjs';
import { run, runNode } from './spawn.mjs';

/** Finds a Chromium for the tests, or installs one: Debian's where this is allowed, else the one Playwright brings. */
export async function ensureChromium() {
  if (hasChromium()) return;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say('There is no Chromium for the tests. Installing the chromium package ...');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    if ((await run('apt-get', ['update', '-qq'], { env })) === 0) {
      await run('apt-get', ['install', '-y', '-qq', 'chromium'], { env });
    }
    if (hasChromium()) return;
  }
  say('There is no Chromium for the tests. Installing the one that Playwright brings ...');
  await runNode([inProject('node_modules/playwright/cli.js'), 'install', 'chromium']);
  if (!hasChromium()) {
    throw new Stop(`No Chromium could be installed. Install one at ${systemChromium} and try again.`);
  }
}

function hasChromium() {
  return existsSync(systemChromium) || existsSync(chromium.executablePath());
}
