import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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

  /** Runs a program of the project with Node; what it printed. Rejects when it complains of anything. */
  async node(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
    const env = { ...process.env, NODE_OPTIONS: '', ...environment };
    const { stdout, stderr } = await run(process.execPath, [...args], { cwd: this.folder, env });
    if (stderr !== '') throw new Error(`${args.join(' ')} wrote to stderr: ${stderr}`);
    return stdout;
  }

  /** Checks files of the project with TypeScript, the package's own types included; what it complains about. */
  async typeErrors(names: readonly string[], flags: readonly string[]): Promise<string> {
    const tsc = join(process.cwd(), 'node_modules', 'typescript', 'bin', 'tsc');
    const strict = [
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
    ];
    return run(process.execPath, [tsc, '--ignoreConfig', ...strict, ...flags, ...names], { cwd: this.folder }).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
  }

  /** Bundles a page for browsers; the folder that it is in, and the bytes of its scripts. */
  async bundle(entry: string): Promise<{ folder: string; scriptBytes: number }> {
    const outDir = join(this.folder, `built-${basename(entry).replace(/\.[jt]s$/, '')}`);
    return { folder: outDir, scriptBytes: await bundlePage(this.folder, entry, outDir) };
  }

  async forget(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

/** The examples of a page of documentation, in their order. */
export async function documentedExamples(page: string): Promise<string[]> {
  const text = await readFile(page, 'utf8');
  return [...text.matchAll(/```[jt]s\n(.*?)```/gs)].map(([, code = '']) => code);
}

/** Every example of the README and of docs/, by a name for its file. One that is a part takes its agents as given. */
export async function allExamples(): Promise<ReadonlyMap<string, string>> {
  const pages = (await readdir('docs')).filter((name) => name.endsWith('.md')).map((name) => join('docs', name));
  const found = new Map<string, string>();
  for (const page of ['README.md', ...pages]) {
    for (const [index, code] of (await documentedExamples(page)).entries()) {
      // What is not in the package is run where it is: src/mls/example.test.ts.
      if (code.includes("from './src/")) continue;
      const isWhole = code.includes("from 'parley'");
      const given = "import { Agent } from 'parley';\ndeclare const agent: Agent, guest: Agent, host: Agent;\n";
      found.set(`${basename(page, '.md').toLowerCase()}-${index}.ts`, `${isWhole ? '' : given}${code}export {};\n`);
    }
  }
  return found;
}
