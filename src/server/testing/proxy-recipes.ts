import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TlsFiles } from '../../storage/file/tls-files.ts';
import { freePort } from '../../storage/nats/testing/free-port.ts';

/** A proxy of Debian, and how its recipe in `deploy` is changed to run beside others. */
export interface Recipe {
  readonly name: string;
  readonly program: string;
  readonly file: string;
  /** What ends it at once: nginx ends its workers, Caddy would wait for connections that clients keep open. */
  readonly stop: 'SIGTERM' | 'SIGKILL';
  configure(recipe: string, at: Place): Promise<{ readonly args: readonly string[] }>;
}

interface Place {
  readonly folder: string;
  readonly port: number;
  readonly upstream: number;
  readonly tls: TlsFiles;
}

/** Returns the arguments of the command in a recipe's comment, `parley server …`. */
export function commandIn(recipe: string): readonly string[] {
  const [, args] = /^#? *parley server (.+)$/m.exec(recipe) ?? [];
  if (args === undefined) throw new TypeError('the recipe has no command');
  return args.split(' ');
}

/** Replaces what an operator replaces. Every text has to be there. */
function replaced(recipe: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new TypeError(`the recipe has no ${from}`);
    return text.replaceAll(from, to);
  }, recipe);
}

export const recipes: readonly Recipe[] = [
  {
    name: 'nginx',
    program: '/usr/sbin/nginx',
    file: 'deploy/nginx.conf',
    stop: 'SIGTERM',
    configure: async (recipe, { folder, port, upstream, tls }) => {
      const site = replaced(recipe, {
        'listen 80;': `listen 127.0.0.1:${await freePort()};`,
        'listen 443 ssl;': `listen 127.0.0.1:${port} ssl;`,
        '127.0.0.1:4173': `127.0.0.1:${upstream}`,
        '/etc/letsencrypt/live/parley.example/fullchain.pem': tls.cert,
        '/etc/letsencrypt/live/parley.example/privkey.pem': tls.key,
        'server_name parley.example': 'server_name localhost',
      });
      await writeFile(join(folder, 'site.conf'), site);
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
      const paths = temporary.map((name) => `${name}_temp_path ${join(folder, name)};`).join('\n');
      const user = process.getuid?.() === 0 ? 'user root;' : '';
      const main = `${user}
worker_processes 1;
daemon off;
pid ${join(folder, 'pid')};
error_log stderr error;
events { worker_connections 512; }
http {
  access_log off;
  ${paths}
  include ${join(folder, 'site.conf')};
}`;
      await writeFile(join(folder, 'main.conf'), main);
      return { args: ['-p', folder, '-c', join(folder, 'main.conf')] };
    },
  },
  {
    name: 'Caddy',
    program: '/usr/bin/caddy',
    file: 'deploy/Caddyfile',
    stop: 'SIGKILL',
    configure: async (recipe, { folder, port, upstream, tls }) => {
      const site = replaced(recipe, {
        '\nparley.example {\n': `\nhttps://localhost:${port} {\n\ttls ${tls.cert} ${tls.key}\n`,
        '127.0.0.1:4173': `127.0.0.1:${upstream}`,
      });
      // No other port is opened: not 2019 for its administration, not 80.
      const main = '{\n\tadmin off\n\tauto_https disable_redirects\n}\n';
      await writeFile(join(folder, 'Caddyfile'), main + site);
      return { args: ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'] };
    },
  },
];
