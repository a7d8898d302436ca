import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npm } from './npm.mjs';
import { inProject } from './places.mjs';
import { Stop, say } from './say.mjs';

const oldest = { major: 22, minor: 18 };
const brought = '24.21.0';

/**
 * A Node that is new enough for the product: the running one when it is, else Node 24 from npm, kept in `.toolchain`.
 *
 * @returns {Promise<string>} path of its executable
 */
export async function ensureNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const prefix = inProject(`.toolchain/node-${brought}`);
  const { name, executable } = platformPackage();
  const path = join(prefix, 'node_modules', name, executable);
  if (versionOf(path) === brought) return path;

  say(
    `This is Node ${process.versions.node}; Parley needs ${oldest.major}.${oldest.minor} or later. ` +
      `Bringing Node ${brought} from npm into .toolchain (nothing outside this folder changes) ...`,
  );
  mkdirSync(prefix, { recursive: true });
  const code = await npm(['install', '--no-save', '--no-package-lock', '--prefix', prefix, `${name}@${brought}`]);
  if (code === 0 && versionOf(path) === brought) return path;
  throw new Stop(
    `Node ${brought} from npm (package ${name}) cannot be used on this machine. ` +
      `Install Node ${oldest.major}.${oldest.minor} or later and try again.`,
  );
}

/**
 * The environment in which everything that is started finds `node` first.
 *
 * @param {string} node path of an executable
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentWith(node) {
  const separator = process.platform === 'win32' ? ';' : ':';
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...process.env, [name]: `${dirname(node)}${separator}${process.env[name] ?? ''}` };
}

/** @param {string} version */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
}

/** The npm package that holds Node for this platform, as the `node` package names them. */
function platformPackage() {
  const { platform, arch } = process;
  if (platform === 'win32') return { name: `node-win-${arch}`, executable: 'bin/node.exe' };
  const prefix = platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node';
  return { name: `${prefix}-${platform}-${arch}`, executable: 'bin/node' };
}

/**
 * @param {string} node
 * @returns {string | undefined} undefined when it does not run
 */
function versionOf(node) {
  const { status, stdout } = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
