import type { Bytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { verifyWithLabel } from '../crypto/labels.ts';
import { MlsError } from '../errors.ts';
import type { LeafIndex } from '../indices.ts';
import { credentialTypes } from '../structures/credential.ts';
import { mls10 } from '../structures/enumerations.ts';
import {
  decodeRequiredCapabilities,
  extensionTypes,
  findExtension,
  type RequiredCapabilities,
} from '../structures/extension.ts';
import type { GroupContext } from '../structures/group-context.ts';
import { type LeafNode, type LeafNodeSource, type Lifetime, leafNodeToBeSigned } from '../structures/leaf-node.ts';
import { proposalTypes } from '../structures/proposal.ts';

/** What a group asks of every leaf (RFC 9420, sections 7.2, 7.3 and 13.4). */
export interface LeafRules {
  /** The group's suite, which the capabilities must have; undefined where no group is known. */
  readonly cipherSuite: number | undefined;
  readonly required: RequiredCapabilities | undefined;
  /** The types of the GroupContext's extensions. */
  readonly groupExtensionTypes: readonly number[];
  /** Unset where times are not judged: then lifetimes are not looked at. */
  readonly lifetime?: LifetimeRule;
}

/** When a leaf from a KeyPackage is taken, in Unix seconds. */
export interface LifetimeRule {
  readonly now: bigint;
  readonly longest: bigint;
}

/** No rules but those on a leaf by itself: for a tree whose GroupContext is not known. */
export const noRules: LeafRules = { cipherSuite: undefined, required: undefined, groupExtensionTypes: [] };

/** Where a leaf was found. */
export interface LeafOrigin {
  /** What brought it; unset for a leaf in a tree, which may have come by any. */
  readonly source?: LeafNodeSource['type'];
  /** Counts for leaves that do not come from a KeyPackage. */
  readonly groupId: Bytes;
  readonly leafIndex: LeafIndex;
}

const sourceCodes = {
  key_package: 'key_package_leaf_source',
  update: 'update_leaf_source',
  commit: 'path_leaf_source',
} as const;
const defaultExtensions = new Set<number>(Object.values(extensionTypes));
const defaultProposals = new Set<number>(Object.values(proposalTypes));

/** Returns the rules that a GroupContext makes. Throws what reading `required_capabilities` throws. */
export function rulesOf(
  { cipherSuite, extensions }: Pick<GroupContext, 'cipherSuite' | 'extensions'>,
  lifetime?: LifetimeRule,
): LeafRules {
  const required = findExtension(extensions, extensionTypes.required_capabilities);
  return {
    cipherSuite,
    required: required && decodeRequiredCapabilities(required),
    groupExtensionTypes: extensions.map(({ type }) => type),
    ...(lifetime && { lifetime }),
  };
}

/** True if the signature of a leaf verifies (RFC 9420, section 7.2). */
export function verifyLeafSignature(suite: CipherSuite, leaf: LeafNode, origin: LeafOrigin): Promise<boolean> {
  const content = leafNodeToBeSigned(leaf, origin);
  return verifyWithLabel(suite, leaf.signatureKey, 'LeafNodeTBS', content, leaf.signature);
}

/**
 * Validates a leaf by itself (RFC 9420, section 7.3); that its keys are unique and its credential fits those of others
 * is checked when the tree takes it.
 * Throws what `assertLeafRules` throws, `key_package_leaf_source`, `update_leaf_source`, `path_leaf_source`,
 * `leaf_signature_invalid`.
 */
export async function validateLeaf(
  suite: CipherSuite,
  leaf: LeafNode,
  origin: LeafOrigin,
  rules: LeafRules,
): Promise<void> {
  if (origin.source !== undefined && leaf.source.type !== origin.source) {
    throw new MlsError(sourceCodes[origin.source], `A leaf has the source ${leaf.source.type}.`);
  }
  assertLeafRules(leaf, rules);
  if (!(await verifyLeafSignature(suite, leaf, origin))) {
    throw new MlsError('leaf_signature_invalid', 'The signature of a leaf does not verify.');
  }
}

/** True if extension types that are not default ones are all in a member's capabilities. */
export function supportsExtensions(leaf: LeafNode, types: readonly number[]): boolean {
  return hasAll(
    leaf.capabilities.extensions,
    types.filter((type) => !defaultExtensions.has(type)),
  );
}

/** True if all of `wanted` are listed. Both lists may come from whoever wants this to take long. */
function hasAll(listed: readonly number[], wanted: readonly number[]): boolean {
  if (wanted.length === 0) return true;
  const known = new Set(listed);
  return wanted.every((type) => known.has(type));
}

/**
 * Throws unless a leaf fits its own capabilities and the group.
 * Codes: `version_not_in_capabilities`, `cipher_suite_not_in_capabilities`, `credential_type_not_in_capabilities`,
 * `leaf_extension_not_in_capabilities`,
 * `required_extension_not_supported`, `required_proposal_not_supported`, `required_credential_not_supported`,
 * `group_extension_not_supported`,
 * `lifetime_too_long`, `lifetime_not_current` (RFC 9420, sections 7.2, 7.3, 11.1 and 13.4).
 */
export function assertLeafRules(leaf: LeafNode, rules: LeafRules): void {
  const { versions, cipherSuites, credentials } = leaf.capabilities;
  if (!versions.includes(mls10)) {
    throw new MlsError('version_not_in_capabilities', "A member's capabilities lack mls10.");
  }
  if (rules.cipherSuite !== undefined && !cipherSuites.includes(rules.cipherSuite)) {
    throw new MlsError('cipher_suite_not_in_capabilities', "A member's capabilities lack the cipher suite.");
  }
  if (!credentials.includes(credentialTypes[leaf.credential.type])) {
    throw new MlsError('credential_type_not_in_capabilities', "A member's capabilities lack its own credential type.");
  }
  const own = leaf.extensions.map(({ type }) => type);
  if (!supportsExtensions(leaf, own)) {
    throw new MlsError('leaf_extension_not_in_capabilities', 'A leaf has an extension that its capabilities lack.');
  }
  if (!supportsExtensions(leaf, rules.groupExtensionTypes)) {
    throw new MlsError('group_extension_not_supported', 'A member does not support an extension of the group.');
  }
  if (rules.required !== undefined) assertRequired(leaf, rules.required);
  if (rules.lifetime !== undefined && leaf.source.type === 'key_package') {
    assertLifetime(leaf.source.lifetime, rules.lifetime);
  }
}

function assertRequired(leaf: LeafNode, required: RequiredCapabilities): void {
  if (!supportsExtensions(leaf, required.extensionTypes)) {
    throw new MlsError('required_extension_not_supported', 'A member does not support a required extension.');
  }
  const { proposals, credentials } = leaf.capabilities;
  if (
    !hasAll(
      proposals,
      required.proposalTypes.filter((type) => !defaultProposals.has(type)),
    )
  ) {
    throw new MlsError('required_proposal_not_supported', 'A member does not support a required proposal.');
  }
  if (!hasAll(credentials, required.credentialTypes)) {
    throw new MlsError('required_credential_not_supported', 'A member does not support a required credential type.');
  }
}

function assertLifetime({ notBefore, notAfter }: Lifetime, { now, longest }: LifetimeRule): void {
  if (notAfter - notBefore > longest) {
    throw new MlsError('lifetime_too_long', 'The lifetime of a leaf is longer than the application takes.');
  }
  if (now < notBefore || now > notAfter) {
    throw new MlsError('lifetime_not_current', 'Now is not within the lifetime of a leaf.');
  }
}
