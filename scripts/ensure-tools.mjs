import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { say } from './say.mjs';
import { run } from './spawn.mjs';

/** Programs that some tests use, and the Debian package of each. Without one, its tests are left out. */
const tools = [
  { name: 'age', path: '/usr/bin/age' },
  { name: 'caddy', path: '/usr/bin/caddy' },
  { name: 'firefox-esr', path: '/usr/bin/firefox-esr' },
  { name: 'nats-server', path: '/usr/sbin/nats-server' },
  { name: 'nginx-light', path: '/usr/sbin/nginx' },
  { name: 'openssl', path: '/usr/bin/openssl' },
  { name: 'tcpdump', path: '/usr/bin/tcpdump' },
  { name: 'webkit2gtk-driver', path: '/usr/bin/WebKitWebDriver' },
  { name: 'xvfb', path: '/usr/bin/Xvfb' },
];

const missing = () => tools.filter(({ path }) => !existsSync(path)).map(({ name }) => name);

/** True where every test can run: all tools are there, and the user may capture packets and mount a file system. */
export function everyTestCanRun() {
  const mayMount = () => spawnSync('unshare', ['--mount', 'true']).status === 0;
  return missing().length === 0 && process.getuid?.() === 0 && mayMount();
}

/** Installs what some tests use where this is allowed, and says what is left out where it is not. */
export async function ensureTools() {
  if (missing().length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say(`Installing ${missing().join(' and ')} for the tests ...`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    if ((await run('apt-get', ['update', '-qq'], { env })) === 0) {
      // One by one: a package that this distribution does not have must not keep the others out.
      for (const name of missing()) {
        await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { env });
      }
    }
  }
  if (missing().length > 0) say(`There is no ${missing().join(' and no ')}: the tests that use them are left out.`);
}
