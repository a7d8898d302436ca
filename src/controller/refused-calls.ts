import { LimitReached } from '../http/limit-reached.ts';
import { isOwnFailure } from '../http/own-failure.ts';
import { readCertificateRequest } from '../pki/certificate-request.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { type CallFacts, type ControllerNotice, keyFingerprint } from './notices.ts';

/** What is known of a call while it is answered. */
export interface CallUnderWay extends CallFacts {
  /** The request for a certificate (DER), which says whose key it is. */
  readonly csr?: Bytes;
}

/**
 * Returns what the operator is told when a call ends with `error`: of calls that prove something, every refusal; of the others
 * (`about` undefined), what failed here. Undefined when there is nothing to tell.
 */
export async function noticeOf(error: unknown, about: CallUnderWay | undefined): Promise<ControllerNotice | undefined> {
  if (!(error instanceof ParleyError) || isOwnFailure(error)) return { kind: 'failed', error };
  if (about === undefined) return undefined;
  const { csr, ...facts } = about;
  const key = facts.key ?? (csr === undefined ? undefined : await keyOf(csr));
  const known = key === undefined ? facts : { ...facts, key };
  return error instanceof LimitReached
    ? { kind: 'limit reached', error, about: known }
    : { kind: 'refused', error, about: known };
}

/** Returns the fingerprint of the key that a request is signed with; undefined for one that proves nothing. */
async function keyOf(csr: Bytes): Promise<string | undefined> {
  try {
    return await keyFingerprint((await readCertificateRequest(csr)).signingSpki);
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    return undefined;
  }
}
