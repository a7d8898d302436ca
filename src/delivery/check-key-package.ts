import { GroupError } from '../group/codes.ts';
import { checkGroupKeyPackage, isCurrent, readGroupKeyPackage } from '../group/credential/key-package.ts';
import { MlsError } from '../mls/errors.ts';
import { type Bytes, equalConstantTime } from '../protocol/bytes.ts';
import type { KeyPackageCheck } from './context.ts';
import { malformed } from './refusals.ts';
import type { AgentRegistry } from './registry.ts';

/**
 * Returns the check of a KeyPackage against the certificate that its credential names (groups page, sections 1 to 3): it has to be of the
 * agent that leaves it, and of its key. Throws `malformed_message` with what is wrong.
 */
export function keyPackageCheck(registry: AgentRegistry): KeyPackageCheck {
  return async (bytes, { agentId, signingSpki }) => {
    try {
      const read = readGroupKeyPackage(bytes);
      const certificate = (await registry.certificate(read.credential.certificate)) ?? 'unknown';
      const authorities = await registry.authorities();
      const { spki } = await checkGroupKeyPackage(read, { agentId, certificate, authorities });
      if (equalConstantTime(spki, signingSpki)) return;
    } catch (error) {
      if (!(error instanceof GroupError) && !(error instanceof MlsError)) throw error;
      throw malformed(`A KeyPackage cannot be used: ${error.code}. ${error.detail} Nothing was stored.`);
    }
    throw malformed('A KeyPackage is of another key than this agent’s. Nothing was stored.');
  };
}

/** True for a stored KeyPackage that whoever takes it can use: it can be read, and has a day left. `now` in Unix seconds. */
export function isUsableKeyPackage(bytes: Bytes, now: number): boolean {
  try {
    return isCurrent(readGroupKeyPackage(bytes).credential, now);
  } catch (error) {
    if (error instanceof GroupError || error instanceof MlsError) return false;
    throw error;
  }
}
