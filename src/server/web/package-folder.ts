import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';

const packageFile = v.object({ version: v.string() });

/** Returns the folder of the web app that this package brings, built; undefined where it is not. */
export function builtApp(): string | undefined {
  const folder = packageFolder();
  if (folder === undefined) return undefined;
  const app = join(folder, 'dist', 'app');
  return existsSync(join(app, 'index.html')) ? app : undefined;
}

/** Returns the version of this Parley, from its `package.json`; `unknown` without that file. */
export function parleyVersion(): string {
  const folder = packageFolder();
  if (folder === undefined) return 'unknown';
  const text: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return v.parse(packageFile, text).version;
}

function packageFolder(): string | undefined {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
  return folder;
}
