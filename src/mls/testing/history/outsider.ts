import { type Bytes, equalBytes } from '../../bytes.ts';
import { decryptWithLabel } from '../../crypto/labels.ts';
import { MlsError } from '../../errors.ts';
import type { GroupState } from '../../group/group-state.ts';
import { openMessage } from '../../group/open-message.ts';
import type { StagedCommit } from '../../group/stage-commit.ts';
import { epochFromJoiner, joinerSecret } from '../../schedule/key-schedule.ts';
import { encodeGroupContext } from '../../structures/group-context.ts';
import { decodeMlsMessage } from '../../structures/mls-message.ts';

/**
 * Tries with all that a removed member kept to get into the epoch of a commit, which a member who followed it lays open to them:
 * each of their private keys at each ciphertext of its path, and the epoch as it would be without a path. Throws when one works.
 */
export async function failToEnter(kept: GroupState, revealed: StagedCommit, next: GroupState): Promise<void> {
  const { suite } = kept;
  if (equalBytes(authenticatorWithoutPath(kept, next.contextBytes), next.secrets.epochAuthenticator)) {
    throw new Error('A removed member computes the next epoch.');
  }
  const context = encodeGroupContext(revealed.provisional);
  for (const { encryptedPathSecret } of revealed.path?.nodes ?? []) {
    for (const sealed of encryptedPathSecret) {
      for (const { keyPair } of kept.privateTree.nodes.values()) {
        const opened = await isOpened(() => decryptWithLabel(suite, keyPair, 'UpdatePathNode', context, sealed));
        if (opened) throw new Error('A removed member opens a path secret.');
      }
    }
  }
}

/** Fails to read a message of an epoch after the own removal. Throws when it opens. */
export async function failToRead(kept: GroupState, message: Bytes): Promise<void> {
  if (await isOpened(() => openMessage(kept, decodeMlsMessage(message)))) {
    throw new Error('A removed member reads a message.');
  }
  // As if it knew the number of the epoch, and nothing else of it.
  const decoded = decodeMlsMessage(message);
  if (decoded.wireFormat !== 'mls_private_message') throw new Error('The message is not encrypted.');
  const context = { ...kept.context, epoch: decoded.privateMessage.epoch };
  if (await isOpened(() => openMessage({ ...kept, context }, decoded))) {
    throw new Error('A removed member reads a message with its old keys.');
  }
}

/** Returns the authenticator that a removed member would compute for an epoch, had the commit no path. */
function authenticatorWithoutPath(kept: GroupState, groupContext: Bytes): Bytes {
  const { suite } = kept;
  const zeros = new Uint8Array(suite.hashLength);
  const joiner = joinerSecret(suite, { initSecret: kept.secrets.initSecret, commitSecret: zeros, groupContext });
  const { secrets } = epochFromJoiner(suite, { joinerSecret: joiner, pskSecret: zeros, groupContext });
  return secrets.epochAuthenticator;
}

async function isOpened(open: () => Promise<unknown>): Promise<boolean> {
  try {
    await open();
    return true;
  } catch (cause) {
    if (cause instanceof MlsError) return false;
    throw cause;
  }
}
