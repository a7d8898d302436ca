import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder of the web app that this package brings, built; undefined where it is not. */
export function builtApp(): string | undefined {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
  const app = join(folder, 'dist', 'app');
  return existsSync(join(app, 'index.html')) ? app : undefined;
}
