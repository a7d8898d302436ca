import { type Bytes, noBytes } from '../bytes.ts';
import type { RandomBytes, SignatureKeyPair } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import { signContent } from '../framing/content-signature.ts';
import type { LeafIndex } from '../indices.ts';
import { joinerSecret as deriveJoinerSecret } from '../schedule/key-schedule.ts';
import { pskSecret as derivePskSecret } from '../schedule/psk-secret.ts';
import { confirmedTranscriptHash } from '../schedule/transcript-hash.ts';
import type { AuthenticatedContent } from '../structures/authenticated-content.ts';
import type { Commit } from '../structures/commit.ts';
import type { Credential } from '../structures/credential.ts';
import { encodeGroupContext, type GroupContext } from '../structures/group-context.ts';
import type { Proposal } from '../structures/proposal.ts';
import type { Sender } from '../structures/sender.ts';
import type { UpdatePath } from '../structures/update-path.ts';
import { type CreatedPath, createPath, encryptPath } from '../tree/create-path.ts';
import type { LifetimeRule } from '../tree/leaf-validation.ts';
import { type PrivateTree, prunePrivateTree } from '../tree/private-tree.ts';
import { leafAt, type RatchetTree, treeHash } from '../tree/ratchet-tree.ts';
import { ownResumptionKey } from './apply-commit.ts';
import { type AppliedProposals, applyProposals, provisionalContext } from './apply-proposals.ts';
import { createWelcome } from './create-welcome.ts';
import { endedSecrets } from './ended-secrets.ts';
import type { AttributedProposal, GroupState, PendingProposal } from './group-state.ts';
import { epochKeys } from './next-epoch.ts';
import { type PreSharedKey, resolvePreSharedKeys } from './pre-shared-keys.ts';
import { checkProposalList, needsPath } from './proposal-list.ts';
import { frame, protect } from './send-message.ts';
import { commitEvents, type MlsTraceEvent } from './trace.ts';

/** What a commit is to do. */
export interface CommitIntent {
  /** By value: Add, Remove, PreSharedKey, GroupContextExtensions. */
  readonly proposals: readonly Proposal[];
  /**
   * Of those that were sent on their own: all that `state` has unless given. One that is not valid makes the commit fail, so whoever
   * hears from members that may send such names those that are to be committed.
   */
  readonly references?: readonly PendingProposal[];
  /** True for new keys on the way to the root also where the proposals do not ask for them, as Adds alone do not. */
  readonly withPath?: boolean;
  /** A new signature key and credential for the own leaf; needs a path. */
  readonly newIdentity?: { readonly signature: SignatureKeyPair; readonly credential: Credential };
  readonly preSharedKeys?: readonly PreSharedKey[];
  /** For the KeyPackages that it adds (RFC 9420, section 7.3); unset when the caller has looked at their lifetimes. */
  readonly lifetime?: LifetimeRule;
  readonly authenticatedData?: Bytes;
  readonly padding?: number;
  readonly random: RandomBytes;
}

/** A commit that waits for its place in the order of the group. */
export interface CreatedCommit {
  readonly message: Bytes;
  /** What the message says, unencrypted: for `stageCommit`, by which its maker can judge it as everybody does. */
  readonly commit: AuthenticatedContent;
  /** One MLSMessage for all that it adds, with the tree inside: to be sent after the commit is accepted. */
  readonly welcome: Bytes | undefined;
  /** The present epoch with its handshake ratchet advanced: what one goes on with until the commit is accepted, or when it is not. */
  readonly current: GroupState;
  /** The next epoch: what one goes on with when it is accepted. */
  readonly next: GroupState;
  readonly proposals: readonly AttributedProposal[];
  readonly newTree: RatchetTree;
  /** To be wiped after both states are stored. */
  readonly consumed: readonly Bytes[];
  /** True when the whole secret tree of `current` has to be stored, false when the ratchets of the own leaf are enough. */
  readonly isFirstOfSender: boolean;
  /** To be wiped after `next` has taken the place of `current`; when that went on meanwhile, what `endedSecrets(it, next)` gives. */
  readonly consumedWhenAccepted: readonly Bytes[];
  /** To be wiped when the commit was not accepted and `next` is dropped, whether or not another has been applied by then. */
  readonly consumedWhenDropped: readonly Bytes[];
  readonly trace: readonly MlsTraceEvent[];
}

/**
 * Makes a commit (RFC 9420, section 12.4.1). Neither state that it returns is the one it was given: from that, no other message may be
 * made. Throws what the proposals break (section 12.2) and `invalid_intent`.
 */
export async function createCommit(state: GroupState, intent: CommitIntent): Promise<CreatedCommit> {
  const { suite } = state;
  const sender: Sender = { type: 'member', leafIndex: state.ownLeaf };
  const references = intent.references ?? state.proposals;
  const proposals: readonly AttributedProposal[] = [
    ...references,
    ...intent.proposals.map((proposal) => ({ proposal, sender, reference: undefined })),
  ];
  checkProposalList(suite, proposals, sender);
  const applied = await applyProposals(state, proposals, intent.lifetime);
  const step = await makePath(state, intent, proposals, applied);
  const commit: Commit = {
    proposals: [
      ...references.map(({ reference }) => ({ type: 'reference', reference }) as const),
      ...intent.proposals.map((proposal) => ({ type: 'proposal', proposal }) as const),
    ],
    path: step.path,
  };
  const framed = frame(state, { type: 'commit', commit }, intent.authenticatedData ?? noBytes);
  const signature = await signContent(suite, {
    wireFormat: 'mls_private_message',
    content: framed,
    privateKey: state.signatureKey,
    groupContext: state.contextBytes,
  });
  const unconfirmed: AuthenticatedContent = {
    wireFormat: 'mls_private_message',
    content: framed,
    auth: { signature, confirmationTag: undefined },
  };
  const confirmed = confirmedTranscriptHash(suite, state.interimTranscriptHash, unconfirmed);
  const context: GroupContext = { ...step.provisional, confirmedTranscriptHash: confirmed };
  const psks = resolvePreSharedKeys(applied.psks, [...(intent.preSharedKeys ?? []), ownResumptionKey(state)]);
  const pskSecret = derivePskSecret(suite, psks);
  const joinerSecret = deriveJoinerSecret(suite, {
    initSecret: state.secrets.initSecret,
    commitSecret: step.commitSecret,
    groupContext: encodeGroupContext(context),
  });
  const keys = epochKeys(suite, { joinerSecret, pskSecret, commitSecret: step.commitSecret, context, tree: step.tree });
  const authenticated = { ...unconfirmed, auth: { signature, confirmationTag: keys.confirmationTag } };
  const next: GroupState = {
    suite,
    context,
    contextBytes: keys.contextBytes,
    interimTranscriptHash: keys.interimTranscriptHash,
    tree: step.tree,
    ownLeaf: state.ownLeaf,
    privateTree: step.privateTree,
    signatureKey: step.signatureKey,
    secrets: keys.secrets,
    secretTree: keys.secretTree,
    proposals: [],
  };
  const [sent, welcome] = await Promise.all([
    protect(state, authenticated, intent),
    createWelcome(next, {
      joiners: applied.joiners,
      created: step.created,
      confirmationTag: keys.confirmationTag,
      joinerSecret,
      pskSecret,
      psks: applied.psks,
    }),
  ]);
  return {
    message: sent.message,
    commit: authenticated,
    welcome,
    current: sent.state,
    next,
    proposals,
    newTree: step.tree,
    consumed: [...sent.consumed, joinerSecret, pskSecret, keys.welcomeSecret, step.commitSecret, ...step.wipeable],
    isFirstOfSender: sent.isFirstOfSender,
    consumedWhenAccepted: endedSecrets(sent.state, next),
    consumedWhenDropped: endedSecrets(next, sent.state),
    trace: [...commitEvents(applied, state.ownLeaf, step.path === undefined ? undefined : applied.tree), keys.trace],
  };
}

interface PathStep {
  readonly path: UpdatePath | undefined;
  readonly created: CreatedPath | undefined;
  readonly tree: RatchetTree;
  readonly privateTree: PrivateTree;
  readonly provisional: GroupContext;
  readonly commitSecret: Bytes;
  readonly signatureKey: CryptoKey;
  /** Path secrets. */
  readonly wipeable: readonly Bytes[];
}

async function makePath(
  state: GroupState,
  intent: CommitIntent,
  proposals: readonly AttributedProposal[],
  applied: AppliedProposals,
): Promise<PathStep> {
  const { suite, ownLeaf } = state;
  const hasPath = intent.withPath === true || intent.newIdentity !== undefined || needsPath(proposals);
  const pruned = prunePrivateTree(state.privateTree, applied.tree);
  if (!hasPath) {
    return {
      path: undefined,
      created: undefined,
      tree: applied.tree,
      privateTree: pruned.privateTree,
      provisional: provisionalContext(state.context, applied.extensions, treeHash(suite, applied.tree)),
      commitSecret: new Uint8Array(suite.hashLength),
      signatureKey: state.signatureKey,
      wipeable: [],
    };
  }
  const leaf = leafAt(applied.tree, ownLeaf);
  if (leaf === undefined) throw new MlsError('invalid_intent', 'The committer’s own leaf is blank.');
  const signatureKey = intent.newIdentity?.signature.privateKey ?? state.signatureKey;
  const created = await createPath(suite, {
    tree: applied.tree,
    privateTree: pruned.privateTree,
    leafIndex: ownLeaf,
    leaf: {
      signatureKey: intent.newIdentity?.signature.publicKey ?? leaf.signatureKey,
      credential: intent.newIdentity?.credential ?? leaf.credential,
      capabilities: leaf.capabilities,
      extensions: leaf.extensions,
    },
    groupId: state.context.groupId,
    signatureKey,
    random: intent.random,
  });
  const { extensions } = applied;
  const provisional = provisionalContext(state.context, extensions, treeHash(suite, created.tree));
  const excluded: ReadonlySet<LeafIndex> = new Set(applied.joiners.map(({ leafIndex }) => leafIndex));
  const path = await encryptPath(suite, created, { groupContext: encodeGroupContext(provisional), excluded });
  return {
    path,
    created,
    tree: created.tree,
    privateTree: created.privateTree,
    provisional,
    commitSecret: created.commitSecret,
    signatureKey,
    wipeable: created.pathSecrets,
  };
}
