import type { AgentId, Bytes, ResumptionId, TranscriptHash } from '../../bytes.ts';
import { concat } from '../../bytes.ts';
import { sha256 } from '../../crypto/hash.ts';
import type { Subtle } from '../../crypto/subtle.ts';
import { ParleyError } from '../../errors.ts';
import { label } from '../../wire/label.ts';
import { isResumptionId } from '../../wire/members.ts';
import type { HandshakeContext } from '../context.ts';
import type { CertificatePair } from '../identity.ts';
import type { Role } from '../key-schedule.ts';

/** What resumes a session once (protocol page, section 5). No key in it can be taken out. Times are Unix seconds. */
export interface ResumptionRecord {
  readonly id: ResumptionId;
  readonly peerId: AgentId;
  /** The session that it resumes. */
  readonly sessionId: string;
  /** Which side of that session this agent was. */
  readonly role: Role;
  /** HMAC-SHA-256, under the label "resumption". */
  readonly key: CryptoKey;
  /** This side's Ed25519 private key of that session. */
  readonly signingKey: CryptoKey;
  /** The peer's Ed25519 public key of that session, 32 bytes. */
  readonly peerSigningPublic: Bytes;
  /** The peer's certificates, looked at again when the record is used. */
  readonly peerCertificates: CertificatePair;
  /** Whether the peer's hello of that session had `extensions`: only then RESUME_HELLO has them (protocol page, section 4.1). */
  readonly isExtended: boolean;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** What both sides of a resumption are handed. */
export interface ResumptionContext extends HandshakeContext {
  readonly resumptions: ResumptionMemory;
}

/** The records that an agent has not used. */
export interface ResumptionMemory {
  /** Looks a record up; changes nothing. */
  find(id: ResumptionId): ResumptionRecord | undefined;
  /** Removes a record, durably before it resolves; true for the one call that removed it. */
  take(id: ResumptionId): Promise<boolean>;
  /** Keys that nobody has, for the work that an unknown record must cost too. */
  readonly decoy: Pick<ResumptionRecord, 'key' | 'peerSigningPublic'>;
}

/**
 * Returns the first 16 bytes of `H(label("resumption id") || th)`; `th` is the salt of the key schedule that the key
 * is from.
 */
export async function resumptionIdOf(subtle: Subtle, th: TranscriptHash): Promise<ResumptionId> {
  const hash = await sha256(subtle, concat(label('resumption id'), th));
  const id = hash.slice(0, 16);
  if (!isResumptionId(id)) throw new ParleyError('internal_error', 'SHA-256 gives 32 bytes.');
  return id;
}

/**
 * Returns `resumption_unknown`, the one error of every failure of a resumption, so that no two causes can be told
 * apart (protocol page, section 5).
 */
export function resumptionUnknown(): ParleyError {
  return new ParleyError('resumption_unknown', 'There is nothing to resume here. Make a new handshake.');
}

/** Takes a record out of `resumptions`, durably before it resolves. Throws `resumption_unknown` when another hello has used it. */
export async function useUp(resumptions: Pick<ResumptionMemory, 'take'>, id: ResumptionId): Promise<void> {
  if (!(await resumptions.take(id))) throw resumptionUnknown();
}
