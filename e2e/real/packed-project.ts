import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { bundlePage } from './bundle.ts';

const run = promisify(execFile);
const cli = process.env.npm_execpath;

/** npm by the Node that runs the tests, or by PATH. */
function npm(args: readonly string[], cwd: string) {
  const quiet = [...args, '--no-audit', '--no-fund', '--loglevel=error'];
  if (cli !== undefined && basename(cli) === 'npm-cli.js') return run(process.execPath, [cli, ...quiet], { cwd });
  return run('npm', quiet, { cwd, shell: process.platform === 'win32' });
}

/** An empty project in which the packed package is installed, as somebody else has it. */
export class PackedProject {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<PackedProject> {
    const project = new PackedProject(await mkdtemp(join(tmpdir(), 'parley-packed-')));
    const { folder } = project;
    const { stdout } = await npm(['pack', '--silent', '--pack-destination', folder], process.cwd());
    const packed = stdout.trim().split('\n').at(-1) ?? '';
    await writeFile(join(folder, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }');
    await npm(['install', join(folder, packed), '--prefer-offline'], folder);
    return project;
  }

  async write(name: string, text: string): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, text);
    return path;
  }

  /** Runs a program of the project with Node; what it printed. */
  async node(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
    const env = { ...process.env, ...environment };
    const { stdout } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      cwd: this.folder,
      env,
    });
    return stdout;
  }

  /** Checks a file of the project with TypeScript, the package's own types included; what it complains about. */
  async typeErrors(name: string, flags: readonly string[]): Promise<string> {
    const tsc = join(process.cwd(), 'node_modules', 'typescript', 'bin', 'tsc');
    const args = [
      '--noEmit',
      '--pretty',
      'false',
      '--strict',
      '--target',
      'es2022',
      '--lib',
      'es2024,dom',
      '--types',
      '',
      ...flags,
      name,
    ];
    return run(process.execPath, [tsc, ...args], { cwd: this.folder }).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
  }

  /** Bundles a page for browsers; the folder that it is in, and the bytes of its scripts. */
  async bundle(entry: string): Promise<{ folder: string; scriptBytes: number }> {
    const outDir = join(this.folder, `built-${basename(entry, '.js')}`);
    return { folder: outDir, scriptBytes: await bundlePage(this.folder, entry, outDir) };
  }

  async forget(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

/** The examples of the library's page, in their order. */
export async function documentedExamples(): Promise<string[]> {
  const page = await readFile('docs/library.md', 'utf8');
  return [...page.matchAll(/```js\n(.*?)```/gs)].map(([, code = '']) => code);
}
