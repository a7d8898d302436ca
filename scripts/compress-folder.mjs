import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** What is text. Fonts and pictures are compressed already; source maps are asked for by hardly anybody. */
const text = /\.(html|js|css|svg|json|txt|webmanifest)$/;

/** A file that is smaller fits into one packet anyway. */
const least = 1_024;

/**
 * Writes `FILE.br` and `FILE.gz` beside every file of text in `folder`, where they are smaller: the server sends them as they
 * are and compresses nothing while it works.
 *
 * @param {string} folder
 */
export async function compressFolder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile() && text.test(one.name))) {
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    if (content.length < least) continue;
    const packed = {
      br: await promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
      gz: await promisify(gzip)(content, { level: 9 }),
    };
    for (const [ending, bytes] of Object.entries(packed)) {
      if (bytes.length < content.length) await writeFile(`${path}.${ending}`, bytes);
    }
  }
}
