import { type Bytes, noBytes } from '../bytes.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { MlsError } from '../errors.ts';
import { type EpochSecrets, epochFromJoiner } from '../schedule/key-schedule.ts';
import { createSecretTree, type SecretTree } from '../schedule/secret-tree.ts';
import { confirmationTag, interimTranscriptHash } from '../schedule/transcript-hash.ts';
import { encodeGroupContext, type GroupContext } from '../structures/group-context.ts';
import type { RatchetTree } from '../tree/ratchet-tree.ts';
import { type MlsTraceEvent, secretFingerprint } from './trace.ts';

/** What the key schedule gives for an epoch. */
export interface EpochKeys {
  readonly secrets: EpochSecrets;
  readonly secretTree: SecretTree;
  readonly welcomeSecret: Bytes;
  readonly confirmationTag: Bytes;
  readonly interimTranscriptHash: Bytes;
  readonly contextBytes: Bytes;
  readonly trace: MlsTraceEvent;
}

/** What an epoch's keys are computed from. */
interface EpochInput {
  readonly joinerSecret: Bytes;
  readonly pskSecret: Bytes;
  readonly commitSecret?: Bytes;
  readonly context: GroupContext;
  readonly tree: RatchetTree;
}

/** Computes an epoch's keys from its joiner secret (RFC 9420, section 8). */
export function epochKeys(suite: CipherSuite, input: EpochInput): EpochKeys {
  const contextBytes = encodeGroupContext(input.context);
  const { joinerSecret, pskSecret } = input;
  const { secrets, welcomeSecret } = epochFromJoiner(suite, { joinerSecret, pskSecret, groupContext: contextBytes });
  const tag = confirmationTag(suite, secrets.confirmationKey, input.context.confirmedTranscriptHash);
  return {
    secrets: { ...secrets, encryptionSecret: noBytes },
    secretTree: createSecretTree(secrets.encryptionSecret, input.tree.leafCount),
    welcomeSecret,
    confirmationTag: tag,
    interimTranscriptHash: interimTranscriptHash(suite, input.context.confirmedTranscriptHash, tag),
    contextBytes,
    trace: epochDerived(suite, input, secrets, welcomeSecret),
  };
}

function epochDerived(
  suite: CipherSuite,
  input: EpochInput,
  secrets: EpochSecrets,
  welcomeSecret: Bytes,
): MlsTraceEvent {
  const named = {
    ...(input.commitSecret === undefined ? {} : { commit_secret: input.commitSecret }),
    joiner_secret: input.joinerSecret,
    psk_secret: input.pskSecret,
    welcome_secret: welcomeSecret,
    sender_data_secret: secrets.senderDataSecret,
    encryption_secret: secrets.encryptionSecret,
    exporter_secret: secrets.exporterSecret,
    external_secret: secrets.externalSecret,
    confirmation_key: secrets.confirmationKey,
    membership_key: secrets.membershipKey,
    resumption_psk: secrets.resumptionPsk,
    epoch_authenticator: secrets.epochAuthenticator,
    init_secret: secrets.initSecret,
  };
  const fingerprints = Object.fromEntries(
    Object.entries(named).map(([name, secret]) => [name, secretFingerprint(suite, name, secret)]),
  );
  return { type: 'epoch_derived', epoch: input.context.epoch, fingerprints };
}

/** Returns the number of the next epoch. Throws `epoch_exhausted`. */
export function nextEpoch(context: GroupContext): bigint {
  if (context.epoch >= 0xffff_ffff_ffff_ffffn) throw new MlsError('epoch_exhausted', 'The group has no further epoch.');
  return context.epoch + 1n;
}
