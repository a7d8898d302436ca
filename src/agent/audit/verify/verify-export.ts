import * as v from 'valibot';
import { acceptPair } from '../../../pki/accept-pair.ts';
import { type Bytes, fromHex, hexPairs, toHex } from '../../../protocol/bytes.ts';
import { sha256 } from '../../../protocol/crypto/hash.ts';
import { verifyPss } from '../../../protocol/crypto/signatures.ts';
import type { Subtle } from '../../../protocol/crypto/subtle.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import { canonicalText } from '../../../protocol/wire/canonical.ts';
import type { JsonObject } from '../../../protocol/wire/json.ts';
import { deletedBy } from '../entry/checkpoint.ts';
import { commit } from '../entry/commitment.ts';
import { auditEntry } from '../entry/entries.ts';
import { type AuditFile, readAuditFile, signedHead } from '../entry/file.ts';
import { checkCheckpoint } from './check-checkpoint.ts';
import { checkTrail } from './check-trail.ts';
import { Evidence, type Unproven } from './evidence.ts';
import { validityOf } from './handshake-evidence.ts';
import { hold, isWithin } from './known-session.ts';
import { wordsOfWhole } from './verdict-words.ts';

/** A message whose plaintext an export discloses, and the signed facts of it. */
interface DisclosedMessage {
  readonly index: number;
  readonly sender: string;
  readonly sessionId: string;
  /** Unix seconds, as its sender signed them. */
  readonly timestamp: number;
  readonly payload: JsonObject;
  /** False when nothing proves whose the session of the message was. */
  readonly isProven: boolean;
}

/** What an exported trail shows. */
export interface ExportVerdict {
  readonly holds: boolean;
  /** One sentence. */
  readonly words: string;
  /** The first entry that does not hold, when the fault is that of an entry. */
  readonly brokenAt?: number;
  /** What cannot be proven where nothing was altered: then not everything holds, and no entry is broken. */
  readonly unproven?: Unproven;
  readonly entries: number;
  readonly agentId?: string;
  /** Milliseconds since 1970. */
  readonly exportedAt?: number;
  /** SHA-256 of the CA certificate, hex pairs; `isPinned` when it was compared with a given one. */
  readonly caFingerprint?: string;
  readonly isPinned: boolean;
  readonly handshakes: number;
  readonly resumptions: number;
  readonly messages: number;
  readonly disclosed: readonly DisclosedMessage[];
}

/**
 * Checks an exported trail from its bytes alone: the chain, every signature in it, the signed head, the certificates up to the CA,
 * and what is disclosed. `caCertificate` pins the CA. It never rejects for what the file holds: the verdict says what is wrong.
 */
export async function verifyExport(subtle: Subtle, bytes: Bytes, caCertificate?: Bytes): Promise<ExportVerdict> {
  const none = { entries: 0, isPinned: false, handshakes: 0, resumptions: 0, messages: 0, disclosed: [] } as const;
  let file: AuditFile;
  try {
    file = readAuditFile(bytes);
  } catch (error) {
    if (error instanceof ParleyError) return { ...none, holds: false, words: error.detail };
    throw error;
  }
  const evidence = new Evidence(subtle);
  const { checkpoint } = file;
  const fault =
    (await checkTrail(subtle, evidence, keptEntries(file), file.head, { checkpoint })) ??
    (await checkCheckpoint(subtle, evidence, checkpoint));
  const { counts } = evidence;
  const found = {
    ...none,
    entries: file.entries.length,
    agentId: file.agent_id,
    exportedAt: file.exported_at,
    caFingerprint: hexPairs(await sha256(subtle, file.ca_certificate)),
    handshakes: counts.get('handshake') ?? 0,
    resumptions: counts.get('resumption') ?? 0,
    messages: counts.get('message') ?? 0,
  };
  if (fault !== undefined) return { ...found, holds: false, brokenAt: fault.at, words: fault.words };
  try {
    await checkSigner(subtle, file, evidence);
    const isPinned = caCertificate !== undefined;
    hold(
      !isPinned || toHex(caCertificate) === toHex(file.ca_certificate),
      'The certificates are from another authority than the one given.',
    );
    const disclosed = await checkDisclosures(subtle, file, evidence);
    const { unproven } = evidence;
    const words = wordsOfWhole(found.entries, unproven, checkpoint === undefined ? 0 : deletedBy(checkpoint));
    if (unproven !== undefined) return { ...found, holds: false, unproven, words, isPinned, disclosed };
    return { ...found, holds: true, words, isPinned, disclosed };
  } catch (error) {
    if (error instanceof ParleyError) return { ...found, holds: false, words: error.detail };
    throw error;
  }
}

function* keptEntries({ entries }: AuditFile) {
  for (const { entry, hash } of entries) yield { json: entry, text: canonicalText(entry), hash };
}

/** Throws unless the agent has signed this very head, by the last certificate of it in the trail, which its authority has issued. */
async function checkSigner(subtle: Subtle, file: AuditFile, evidence: Evidence): Promise<void> {
  const { format, agent_id: agentId, exported_at: exportedAt, head, signature, disclosures, certificate } = file;
  const { authority, ownCertificates: own } = evidence;
  hold(evidence.agentId === agentId, 'The trail belongs to another agent.');
  hold(
    authority !== undefined && toHex(authority.der) === toHex(file.ca_certificate),
    'The authority is another than that of the trail.',
  );
  hold(
    own !== undefined &&
      toHex(own.signing) === toHex(certificate.signing) &&
      toHex(own.encryption) === toHex(certificate.encryption),
    'The agent’s certificates are not its newest ones in the trail.',
  );
  const pair = await acceptPair(authority.certificate, certificate);
  hold(pair !== undefined && pair.identity.agentId === agentId, 'The agent’s certificates are not from its authority.');
  hold(
    isWithin(validityOf(authority.certificate, pair), exportedAt / 1_000),
    'The agent’s certificates were not valid at the time.',
  );
  const disclosed = disclosures.map(({ index }) => index);
  const signed = signedHead({ format, agentId, exportedAt, ...head, disclosed });
  hold(
    await verifyPss(subtle, pair.identity.verifyKey, signature, signed),
    `${agentId} has not signed this head: it was altered, or entries before it were, and their hashes were computed again.`,
  );
}

async function checkDisclosures(
  subtle: Subtle,
  { disclosures, entries }: AuditFile,
  evidence: Evidence,
): Promise<readonly DisclosedMessage[]> {
  const disclosed: DisclosedMessage[] = [];
  const wanted = new Set(disclosures.map(({ index }) => index));
  const messages = new Map(
    entries.flatMap(({ entry }) =>
      typeof entry.index === 'number' && wanted.has(entry.index) ? [[entry.index, entry]] : [],
    ),
  );
  for (const { index, opening, payload } of disclosures) {
    const read = v.safeParse(auditEntry, messages.get(index));
    const message = read.success && read.output.kind === 'message' ? read.output : undefined;
    hold(message !== undefined, `Entry ${index} is disclosed and holds no message.`);
    hold(
      (await commit(subtle, fromHex(opening), canonicalText(payload))) === message.commitment,
      `The content that is disclosed of entry ${index} does not match its commitment.`,
    );
    const { sender_id: sender, session_id: sessionId, timestamp } = message.header;
    disclosed.push({ index, sender, sessionId, timestamp, payload, isProven: !evidence.isUnproven(index) });
  }
  return disclosed;
}
