import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';

/** Bundles a page of one script, `entry` in `root`, as somebody's own build would; the bytes of its scripts. */
export async function bundlePage(root: string, entry: string, outDir: string): Promise<number> {
  const page = `<!doctype html><title>Bundled</title><link rel="icon" href="data:,"><script type="module" src="/${entry}"></script>`;
  await writeFile(join(root, 'index.html'), page);
  const output = await build({ root, configFile: false, logLevel: 'error', build: { outDir, target: 'es2024' } });
  const chunks = [output].flat().flatMap((part) => ('output' in part ? part.output : []));
  const scripts = chunks.flatMap((chunk) => (chunk.type === 'chunk' ? [chunk.code.length] : []));
  return scripts.reduce((sum, bytes) => sum + bytes, 0);
}
