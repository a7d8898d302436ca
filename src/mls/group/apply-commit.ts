import { type Bytes, equalBytes } from '../bytes.ts';
import { MlsError } from '../errors.ts';
import { joinerSecret as deriveJoinerSecret, externalKeyPair, importInitSecret } from '../schedule/key-schedule.ts';
import { pskSecret as derivePskSecret } from '../schedule/psk-secret.ts';
import { confirmedTranscriptHash } from '../schedule/transcript-hash.ts';
import { encodeGroupContext } from '../structures/group-context.ts';
import { decryptPath } from '../tree/decrypt-path.ts';
import { type PrivateTree, prunePrivateTree } from '../tree/private-tree.ts';
import { endedSecrets } from './ended-secrets.ts';
import type { GroupState } from './group-state.ts';
import { epochKeys } from './next-epoch.ts';
import { type PreSharedKey, resolvePreSharedKeys } from './pre-shared-keys.ts';
import type { StagedCommit } from './stage-commit.ts';
import { commitEvents, type MlsTraceEvent } from './trace.ts';

/** What a commit makes of this member: the next epoch, or nobody. */
export type AppliedCommit =
  | {
      readonly type: 'removed';
      /** All secrets of the state before, to be wiped when it is no longer stored. */
      readonly consumed: readonly Bytes[];
      readonly trace: readonly MlsTraceEvent[];
    }
  | {
      readonly type: 'next_epoch';
      readonly state: GroupState;
      /** To be wiped after `state` is stored: path secrets, and what the former epoch held. */
      readonly consumed: readonly Bytes[];
      readonly trace: readonly MlsTraceEvent[];
    };

/**
 * Computes the epoch that a staged commit makes (RFC 9420, section 12.4.2). Throws `decryption_failed` and what else is wrong with the
 * path's secrets, `unknown_psk`, `invalid_confirmation_tag`; the state before stays good.
 */
export async function applyCommit(
  staged: StagedCommit,
  preSharedKeys: readonly PreSharedKey[] = [],
): Promise<AppliedCommit> {
  const { state, applied, newTree, provisional } = staged;
  const { suite } = state;
  const events = commitEvents(applied, staged.committer, staged.path === undefined ? undefined : staged.treeBefore);
  if (staged.removesMe) return { type: 'removed', consumed: endedSecrets(state), trace: events };
  const opened = await openPath(staged);
  const psks = resolvePreSharedKeys(applied.psks, [...preSharedKeys, ownResumptionKey(state)]);
  const pskSecret = derivePskSecret(suite, psks);
  const confirmed = confirmedTranscriptHash(suite, state.interimTranscriptHash, staged.commit);
  const context = { ...provisional, confirmedTranscriptHash: confirmed };
  const initSecret = await initSecretOf(staged);
  const groupContext = encodeGroupContext(context);
  const { commitSecret } = opened;
  const joinerSecret = deriveJoinerSecret(suite, { initSecret, commitSecret, groupContext });
  const keys = epochKeys(suite, { joinerSecret, pskSecret, commitSecret, context, tree: newTree });
  const tag = staged.commit.auth.confirmationTag;
  if (tag === undefined || !equalBytes(tag, keys.confirmationTag)) {
    throw new MlsError('invalid_confirmation_tag', 'The confirmation tag is not that of the new epoch.');
  }
  const next: GroupState = {
    suite,
    context,
    contextBytes: keys.contextBytes,
    interimTranscriptHash: keys.interimTranscriptHash,
    tree: newTree,
    ownLeaf: state.ownLeaf,
    privateTree: opened.privateTree,
    signatureKey: state.signatureKey,
    secrets: keys.secrets,
    secretTree: keys.secretTree,
    proposals: [],
  };
  return {
    type: 'next_epoch',
    state: next,
    consumed: [joinerSecret, pskSecret, commitSecret, initSecret, keys.welcomeSecret, ...endedSecrets(state, next)],
    trace: [...events, keys.trace],
  };
}

async function openPath(
  staged: StagedCommit,
): Promise<{ readonly privateTree: PrivateTree; readonly commitSecret: Bytes }> {
  const { state, applied, path } = staged;
  const { privateTree } = prunePrivateTree(state.privateTree, applied.tree);
  if (path === undefined) return { privateTree, commitSecret: new Uint8Array(state.suite.hashLength) };
  return decryptPath(state.suite, {
    tree: staged.newTree,
    treeBefore: staged.treeBefore,
    privateTree,
    sender: staged.committer,
    path,
    excluded: new Set(applied.joiners.map(({ leafIndex }) => leafIndex)),
    groupContext: encodeGroupContext(staged.provisional),
  });
}

/** The former epoch's init secret, or what a new member agreed with the group's external key (RFC 9420, section 8.3). */
async function initSecretOf({ state, applied }: StagedCommit): Promise<Bytes> {
  if (applied.externalInit === undefined) return state.secrets.initSecret;
  const keyPair = await externalKeyPair(state.suite, state.secrets.externalSecret);
  return importInitSecret(state.suite, keyPair, applied.externalInit);
}

/** The present epoch's own resumption secret, which a commit of it may refer to. */
export function ownResumptionKey({ context, secrets }: GroupState): PreSharedKey {
  return { type: 'resumption', groupId: context.groupId, epoch: context.epoch, psk: secrets.resumptionPsk };
}
