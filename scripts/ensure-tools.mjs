import { existsSync } from 'node:fs';
import { say } from './say.mjs';
import { run } from './spawn.mjs';

/** Programs that some tests use, and the Debian package of each. Without one, its tests are left out. */
const tools = [
  { name: 'age', path: '/usr/bin/age' },
  { name: 'nats-server', path: '/usr/sbin/nats-server' },
  { name: 'tcpdump', path: '/usr/bin/tcpdump' },
];

/** Installs what some tests use where this is allowed, and says what is left out where it is not. */
export async function ensureTools() {
  const missing = () => tools.filter(({ path }) => !existsSync(path)).map(({ name }) => name);
  if (missing().length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say(`Installing ${missing().join(' and ')} for the tests ...`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    if ((await run('apt-get', ['update', '-qq'], { env })) === 0) {
      await run('apt-get', ['install', '-y', '-qq', ...missing()], { env });
    }
  }
  if (missing().length > 0) say(`There is no ${missing().join(' and no ')}: the tests that use them are left out.`);
}
