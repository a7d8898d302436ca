import type { Bytes } from '../bytes.ts';
import type { GroupState } from '../group/group-state.ts';
import type { LeafIdentity } from '../group/own-key-package.ts';
import { exportInitSecret, externalKeyPair } from '../schedule/key-schedule.ts';
import { encodeMlsMessage } from '../structures/mls-message.ts';
import type { Proposal } from '../structures/proposal.ts';
import { type Epoch, type ForgedCommit, forgeCommit } from './forged-commit.ts';

/** What an external commit has; each part may be as no honest client would have it. */
export interface ExternalCommit extends Partial<Omit<ForgedCommit, 'proposals' | 'leaf'>> {
  readonly identity: LeafIdentity;
  /** Beside the ExternalInit. */
  readonly proposals?: readonly Proposal[];
  /** In place of the one ExternalInit. */
  readonly inits?: (init: Proposal) => readonly Proposal[];
  readonly leaf?: Partial<ForgedCommit['leaf']>;
  readonly epoch?: Partial<Epoch>;
}

/** Makes an external commit to the group of `info`, of which it uses only what a GroupInfo tells (RFC 9420, section 12.4.3.2). */
export async function externalCommit(
  info: GroupState,
  commit: ExternalCommit,
): Promise<{ readonly message: Bytes; readonly next: GroupState }> {
  const { identity, proposals = [], inits, leaf, epoch, ...given } = commit;
  const { suite, context, contextBytes, interimTranscriptHash, tree } = info;
  const external = await externalKeyPair(suite, info.secrets.externalSecret);
  const { kemOutput, initSecret } = await exportInitSecret(suite, external.publicKey);
  const init = { type: 'external_init', kemOutput } as const;
  const all = [...(inits?.(init) ?? [init]), ...proposals];
  const sender = { type: 'new_member_commit' } as const;
  const signatureKey = identity.signature.privateKey;
  const { authenticated, next } = await forgeCommit(
    { suite, context, contextBytes, interimTranscriptHash, tree, signatureKey, initSecret, ...epoch },
    {
      sender,
      wireFormat: 'mls_public_message',
      entries: all.map((proposal) => ({ type: 'proposal', proposal }) as const),
      ...given,
      leaf: {
        signatureKey: identity.signature.publicKey,
        credential: identity.credential,
        capabilities: identity.capabilities,
        extensions: [],
        ...leaf,
      },
      proposals: all.map((proposal) => ({ proposal, sender, reference: undefined })),
    },
  );
  const { content, auth } = authenticated;
  const publicMessage = { content, auth, membershipTag: undefined };
  return { message: encodeMlsMessage({ wireFormat: 'mls_public_message', publicMessage }), next };
}
