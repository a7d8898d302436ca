import { epochAuthenticator, type GroupState } from '../../mls/group/group-state.ts';
import { type Bytes, concat } from '../../protocol/bytes.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { label } from '../../protocol/wire/label.ts';

/** Returns what members of one epoch have alike and nobody else: 32 bytes, for `parley.group_state` (groups page, section 5, Forks). */
export function groupAuthenticator(subtle: Subtle, state: GroupState): Promise<Bytes> {
  return sha256(subtle, concat(label('group authenticator'), epochAuthenticator(state)));
}
