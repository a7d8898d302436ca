import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePage } from './bundle.ts';

/** A page that has the library and nothing else, bundled; `Agent` and `ParleyError` are members of its `window.parley`. */
export class LibraryPage {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<LibraryPage> {
    const root = await mkdtemp(join(tmpdir(), 'parley-page-'));
    const library = join(process.cwd(), 'src', 'library', 'browser.ts').replaceAll('\\', '/');
    await writeFile(join(root, 'page.js'), `import * as parley from '${library}'; window.parley = parley;`);
    await bundlePage(root, 'page.js', join(root, 'dist'));
    return new LibraryPage(root);
  }

  /** What a server is to serve. */
  get app(): string {
    return join(this.folder, 'dist');
  }

  async forget(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
