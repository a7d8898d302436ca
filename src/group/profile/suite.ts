import type { CipherSuite } from '../../mls/crypto/cipher-suite.ts';
import { cipherSuite } from '../../mls/crypto/suites.ts';
import type { Capabilities } from '../../mls/structures/capabilities.ts';
import { credentialTypes } from '../../mls/structures/credential.ts';
import { mls10 } from '../../mls/structures/enumerations.ts';

/** The one suite of `parley-group/1`, under its private number (groups page, section 1). */
export const groupSuiteId = 0xf64a;
/** The private extension type of the descriptor (groups page, section 5). */
export const descriptorType = 0xf002;

/** Returns the suite of all groups, made once. Throws `unsupported_cipher_suite` of MLS where the platform lacks a part. */
export function groupSuite(): Promise<CipherSuite> {
  return cipherSuite(groupSuiteId);
}

/** The capabilities of every leaf, exactly (groups page, section 1). */
export const groupCapabilities: Capabilities = {
  versions: [mls10],
  cipherSuites: [groupSuiteId],
  extensions: [descriptorType],
  proposals: [],
  credentials: [credentialTypes.basic],
};
