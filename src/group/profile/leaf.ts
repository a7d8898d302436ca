import type { Capabilities } from '../../mls/structures/capabilities.ts';
import type { UnsignedLeafNode } from '../../mls/structures/leaf-node.ts';
import { GroupError } from '../codes.ts';
import { groupCapabilities } from './suite.ts';

const lists = ['versions', 'cipherSuites', 'extensions', 'proposals', 'credentials'] as const;

/**
 * Throws unless a leaf keeps to the profile (groups page, section 1): `credential_not_basic`, `capabilities_not_exact`,
 * `leaf_extension_not_allowed`. What every MLS group asks of it `src/mls` has checked.
 */
export function checkLeafProfile({ credential, capabilities, extensions }: UnsignedLeafNode): void {
  if (credential.type !== 'basic') throw new GroupError('credential_not_basic', 'A credential is not a basic one.');
  if (!isExact(capabilities)) {
    throw new GroupError('capabilities_not_exact', 'The capabilities of a leaf are not exactly those of the profile.');
  }
  if (extensions.length > 0) throw new GroupError('leaf_extension_not_allowed', 'A leaf has an extension.');
}

function isExact(capabilities: Capabilities): boolean {
  return lists.every((list) => {
    const [found, wanted] = [capabilities[list], groupCapabilities[list]];
    return found.length === wanted.length && wanted.every((number, at) => found[at] === number);
  });
}
