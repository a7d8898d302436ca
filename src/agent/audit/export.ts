import type { Bytes } from '../../protocol/bytes.ts';
import { toHex } from '../../protocol/bytes.ts';
import type { Environment } from '../../protocol/crypto/environment.ts';
import { signPss } from '../../protocol/crypto/signatures.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { CertificatePair } from '../../protocol/handshake/identity.ts';
import { encodeUtf8 } from '../../protocol/scratch-buffer.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { canonicalText } from '../../protocol/wire/canonical.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import type { StoredAuditEntry } from '../contracts/audit-store.ts';
import type { Head } from './entry/chain.ts';
import { type Checkpoint, checkpointJson } from './entry/checkpoint.ts';
import { auditFormat, checkpointFormat, largestExport, signedHead } from './entry/file.ts';

/** Bytes of an export beside its entries and disclosures at most. */
const besides = 65_536;

/** Who exports a trail. */
export interface Exporter {
  readonly agentId: string;
  readonly caCertificate: Bytes;
  readonly certificates: CertificatePair;
  /** RSA-PSS private key of the signing certificate. */
  readonly signingKey: CryptoKey;
}

/** What is disclosed of a message entry. */
export interface Disclosure {
  readonly index: number;
  /** 32 bytes. */
  readonly opening: Bytes;
  /** Without its nonce. */
  readonly payload: JsonObject;
}

/**
 * Writes the export of a trail up to `head` (docs/audit.md), signed by the agent. Each entry is its canonical JSON on
 * a line of its own, so that it can be taken out and hashed without any program that knows the format. `disclosures`
 * are in the order of their entries. Rejects with `invalid_input` when it would have more than `most` bytes: nobody
 * would read it.
 */
export async function writeExport(
  environment: Pick<Environment, 'subtle' | 'now'>,
  exporter: Exporter,
  {
    head,
    checkpoint,
    entries,
    disclosures,
  }: {
    readonly head: Head;
    readonly checkpoint?: Checkpoint | undefined;
    readonly entries: AsyncIterable<StoredAuditEntry>;
    readonly disclosures: readonly Disclosure[];
  },
  most = largestExport,
): Promise<string> {
  const exportedAt = environment.now();
  const hash = toHex(head.hash);
  const { agentId, certificates } = exporter;
  const disclosed = disclosures.map(({ index }) => index);
  const format = checkpoint === undefined ? auditFormat : checkpointFormat;
  const signed = signedHead({ format, agentId, exportedAt, length: head.length, hash, disclosed });
  const signature = encodeBase64(await signPss(environment.subtle, exporter.signingKey, signed));
  const disclosedLines = disclosures.map(({ index, opening, payload }) =>
    canonicalText({ index, opening: toHex(opening), payload }),
  );
  const lines: string[] = [];
  let size = besides + disclosedLines.reduce((sum, line) => sum + bytesOf(line), 0);
  for await (const entry of entries) {
    const line = `{"hash":"${toHex(entry.hash)}","entry":${entry.text}}`;
    size += bytesOf(line);
    if (size > most) {
      throw new ParleyError(
        'invalid_input',
        `The trail is too long for one export, which has at most ${most} bytes. Nothing was exported, and the trail is whole.`,
      );
    }
    lines.push(line);
  }
  const members = [
    ['format', JSON.stringify(format)],
    ['agent_id', JSON.stringify(agentId)],
    ['exported_at', String(exportedAt)],
    ['ca_certificate', JSON.stringify(encodeBase64(exporter.caCertificate))],
    [
      'certificate',
      canonicalText({
        signing: encodeBase64(certificates.signing),
        encryption: encodeBase64(certificates.encryption),
      }),
    ],
    ...(checkpoint === undefined ? [] : [['checkpoint', canonicalText(checkpointJson(checkpoint))]]),
    ['head', canonicalText({ length: head.length, hash })],
    ['signature', JSON.stringify(signature)],
    ['entries', list(lines)],
    ['disclosures', list(disclosedLines)],
  ];
  return `{\n${members.map(([name, value]) => `"${name}":${value}`).join(',\n')}\n}\n`;
}

/** Returns the bytes of a line and its ending. */
function bytesOf(line: string): number {
  return encodeUtf8(line).length + 2;
}

function list(lines: readonly string[]): string {
  return lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n]`;
}
