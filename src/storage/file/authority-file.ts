import type { KeyObject } from 'node:crypto';
import { link, rm, stat } from 'node:fs/promises';
import type { AuthorityStore, StoredAuthority } from '../../controller/store.ts';
import { readPem, writePem } from '../../pki/pem.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { guarded } from '../guarded.ts';
import { hasCode } from './error-code.ts';
import { deriveGroupKey } from './group-key.ts';
import { writePrivateFile } from './private-file.ts';
import { readFileUpTo } from './read-file.ts';

/** Bytes of a file with a CA's certificate and key. */
const largestFile = 64 * 1024;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** A CA in a file. */
interface AuthorityFile extends AuthorityStore {
  /** Returns the secret of all servers that have this CA, derived anew; undefined when there is no CA yet. */
  groupKey(): Promise<KeyObject | undefined>;
}

/**
 * Opens the CA in one PEM file of mode 0600: its certificate and its private key (PKCS#8). Rejects with
 * `storage_failed` when others may read the file, or when it holds anything else.
 */
export function openAuthorityFile(path: string): AuthorityFile {
  const read = async () => {
    const text = await readIfThere(path);
    if (text === undefined) return undefined;
    if (((await stat(path)).mode & 0o077) !== 0) {
      throw new ParleyError('storage_failed', `Others may read the CA's key. Run: chmod 600 ${path}`);
    }
    const certificate = readPem(text, 'CERTIFICATE');
    const privateKey = readPem(text, 'PRIVATE KEY');
    if (certificate === undefined || privateKey === undefined) {
      throw new ParleyError('storage_failed', `${path} holds no CA. Restore it from its backup.`);
    }
    return { certificate, privateKey };
  };
  const load = async (): Promise<StoredAuthority | undefined> => {
    const found = await read();
    if (found === undefined) return undefined;
    const { certificate, privateKey } = found;
    try {
      const signingKey = await crypto.subtle.importKey('pkcs8', privateKey, algorithm, false, ['sign']);
      return { certificate, signingKey };
    } catch (cause) {
      throw new ParleyError('storage_failed', `The CA's key in ${path} is damaged. Restore it from its backup.`, {
        cause,
      });
    } finally {
      privateKey.fill(0);
    }
  };
  return {
    keepsKeyAsFile: true,
    loadAuthority: () => guarded(load),
    groupKey: () =>
      guarded(async () => {
        const found = await read();
        if (found === undefined) return undefined;
        try {
          return deriveGroupKey(found.privateKey, found.certificate);
        } finally {
          found.privateKey.fill(0);
        }
      }),
    keepAuthority: (candidate) =>
      guarded(async () => {
        const key = new Uint8Array(await crypto.subtle.exportKey('pkcs8', candidate.signingKey));
        const text = writePem('CERTIFICATE', candidate.certificate) + writePem('PRIVATE KEY', key);
        key.fill(0);
        const whole = `${path}.${crypto.randomUUID()}`;
        await writePrivateFile(whole, text);
        try {
          // Fails when there is one already: the first stays.
          await link(whole, path).catch(unlessExists);
        } finally {
          await rm(whole);
        }
        const kept = await load();
        if (kept === undefined) throw new ParleyError('storage_failed', `${path} is missing. Try again.`);
        return kept;
      }),
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await readFileUpTo(path, largestFile));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function unlessExists(error: unknown): void {
  if (!hasCode(error, 'EEXIST')) throw error;
}
