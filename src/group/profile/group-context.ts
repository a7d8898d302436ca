import { credentialTypes } from '../../mls/structures/credential.ts';
import { type Extension, encodeRequiredCapabilities, extensionTypes } from '../../mls/structures/extension.ts';
import type { GroupContext } from '../../mls/structures/group-context.ts';
import type { GroupInfo } from '../../mls/structures/group-info.ts';
import { equalConstantTime } from '../../protocol/bytes.ts';
import { GroupError } from '../codes.ts';
import { type Descriptor, encodeDescriptor, parseDescriptor } from '../descriptor/descriptor.ts';
import { groupIdLength } from './message-head.ts';
import { descriptorType, groupSuiteId } from './suite.ts';

const requiredCapabilities = encodeRequiredCapabilities({
  extensionTypes: [descriptorType],
  proposalTypes: [],
  credentialTypes: [credentialTypes.basic],
});

/** Returns the GroupContext's extensions: `required_capabilities` and the descriptor (groups page, section 1). Throws what `encodeDescriptor` throws. */
export function groupExtensions(descriptor: Descriptor): readonly Extension[] {
  return [
    { type: extensionTypes.required_capabilities, data: requiredCapabilities },
    { type: descriptorType, data: encodeDescriptor(descriptor) },
  ];
}

/** Returns the descriptor in the extensions of a GroupContext. Throws `group_extensions_not_exact` and what `parseDescriptor` throws. */
export function descriptorIn(extensions: readonly Extension[]): Descriptor {
  const [required, descriptor, ...more] = extensions;
  if (
    required?.type !== extensionTypes.required_capabilities ||
    !equalConstantTime(required.data, requiredCapabilities) ||
    descriptor?.type !== descriptorType ||
    more.length > 0
  ) {
    throw new GroupError(
      'group_extensions_not_exact',
      'The GroupContext has other extensions than required_capabilities and the descriptor.',
    );
  }
  return parseDescriptor(descriptor.data);
}

/**
 * Returns the descriptor of a group whose GroupContext keeps to the profile (groups page, section 1). Throws `cipher_suite_not_allowed`,
 * `group_id_length` and what `descriptorIn` throws.
 */
export function checkGroupContext(context: Pick<GroupContext, 'cipherSuite' | 'groupId' | 'extensions'>): Descriptor {
  if (context.cipherSuite !== groupSuiteId) {
    throw new GroupError('cipher_suite_not_allowed', 'A group has the suite 0xF64A.');
  }
  if (context.groupId.length !== groupIdLength) throw new GroupError('group_id_length', 'A group_id has 16 bytes.');
  return descriptorIn(context.extensions);
}

/** Checks the GroupInfo of a Welcome and returns the descriptor. Throws `group_info_extensions_not_exact` and what `checkGroupContext` throws. */
export function checkGroupInfo({ extensions, groupContext }: GroupInfo): Descriptor {
  const [tree, ...more] = extensions;
  if (tree?.type !== extensionTypes.ratchet_tree || more.length > 0) {
    throw new GroupError('group_info_extensions_not_exact', 'A GroupInfo has exactly the extension ratchet_tree.');
  }
  return checkGroupContext(groupContext);
}
