import { existsSync } from 'node:fs';

/** Where Linux distributions put it. */
export const systemChromium = '/usr/bin/chromium';

/**
 * How every test and benchmark starts Chromium: the system's own where it is installed, Playwright's otherwise. The
 * flags keep the browser from talking to anything but the pages under test.
 *
 * @returns {{ executablePath?: string, args: string[] }}
 */
export function chromiumLaunchOptions() {
  const args = [
    '--no-sandbox',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return existsSync(systemChromium) ? { executablePath: systemChromium, args } : { args };
}
