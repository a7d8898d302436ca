import { link, open, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './error-code.ts';

/** Numbers that are tried behind a name that is taken. */
const mostNumbers = 10_000;
/** What systems say where there are no hard links. */
const noLinks = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EMLINK'];

/**
 * Gives a file the name it is to have in a folder, `name (2).txt` and so on where that is taken: nothing is ever overwritten. Returns its
 * path. Rejects with what the system says.
 */
export async function takeName(path: string, folder: string, name: string): Promise<string> {
  for (let number = 1; number <= mostNumbers; number++) {
    const wanted = join(folder, number === 1 ? name : numbered(name, number));
    if (await moved(path, wanted)) return wanted;
  }
  throw new TypeError('Every name is taken.');
}

function numbered(name: string, number: number): string {
  const dot = name.lastIndexOf('.');
  const at = dot > 0 ? dot : name.length;
  return `${name.slice(0, at)} (${number})${name.slice(at)}`;
}

/** Moves a file to a path where nothing is; false when something is there. */
async function moved(path: string, wanted: string): Promise<boolean> {
  try {
    await link(path, wanted);
  } catch (cause) {
    // An earlier run may have ended between the two steps.
    if (hasCode(cause, 'EEXIST')) {
      if (!(await isSame(path, wanted))) return false;
    } else if (noLinks.some((code) => hasCode(cause, code))) return movedWithoutLinks(path, wanted);
    else throw cause;
  }
  await unlink(path);
  return true;
}

async function movedWithoutLinks(path: string, wanted: string): Promise<boolean> {
  try {
    await (await open(wanted, 'wx', 0o600)).close();
  } catch (cause) {
    if (hasCode(cause, 'EEXIST')) return false;
    throw cause;
  }
  await rename(path, wanted);
  return true;
}

async function isSame(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([stat(a), stat(b)]);
  return one.ino === other.ino && one.dev === other.dev;
}
