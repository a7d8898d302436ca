import * as v from 'valibot';
import type { Bytes } from '../../../protocol/bytes.ts';
import { concat } from '../../../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../../../protocol/errors.ts';
import { canonicalBytes } from '../../../protocol/wire/canonical.ts';
import { parseJson } from '../../../protocol/wire/json.ts';
import { label } from '../../../protocol/wire/label.ts';
import * as member from '../../../protocol/wire/members.ts';
import { auditCheckpoint } from './checkpoint.ts';
import { entryDepth, hash, message, milliseconds } from './entries.ts';

/** What an export calls itself. */
export const auditFormat = 'parley-audit/1';
/** The same with a checkpoint, which stands for entries that were deleted. */
export const checkpointFormat = 'parley-audit/2';
/** Bytes that an export may have to be read. */
export const largestExport = 256 * 1024 * 1024;
/** Levels of nesting of an export: an entry stands beside its hash, in a list, in the file. */
const exportDepth = entryDepth + 3;

/** An exported trail (docs/audit.md). Times are in milliseconds since 1970. */
const auditFile = v.strictObject({
  format: v.picklist([auditFormat, checkpointFormat]),
  agent_id: member.agentId,
  exported_at: milliseconds,
  /** DER of the CA certificate that the agent has pinned. */
  ca_certificate: member.bytesBetween(1, 8_192),
  /** The agent's certificates when it exported. */
  certificate: member.certificatePair,
  /** In `parley-audit/2`, what stands for the deleted beginning of the trail. */
  checkpoint: v.optional(auditCheckpoint),
  head: v.strictObject({ length: member.counter, hash }),
  /** RSA-PSS by the agent's signing key over `signedHead`. */
  signature: member.rsaBytes,
  entries: v.array(v.strictObject({ hash, entry: message })),
  /** What was said in the messages of some entries, in their order, and what opens their commitments. */
  disclosures: v.array(v.strictObject({ index: member.counter, opening: hash, payload: message })),
});

/** An exported trail as it was read. */
export type AuditFile = v.InferOutput<typeof auditFile>;

/** Reads an exported trail as untrusted. Throws `malformed_message` or `message_too_large`. */
export function readAuditFile(bytes: Bytes): AuditFile {
  const read = v.safeParse(auditFile, jsonIn(bytes));
  if (read.success) return read.output;
  const issue = read.issues[0];
  const path = v.getDotPath(issue);
  throw new ParleyError(
    'malformed_message',
    `This is no ${auditFormat} export: ${path ?? 'the file'}: ${issue.message}`,
  );
}

function jsonIn(bytes: Bytes): unknown {
  try {
    return parseJson(bytes, largestExport, { depth: exportDepth });
  } catch (cause) {
    const { code, detail } = asParleyError(cause);
    // It speaks of the body of a message.
    const said = code === 'malformed_message' ? detail.replace(/^The body/, 'the file') : detail;
    throw new ParleyError(code, `This is no ${auditFormat} export: ${said}`, { cause });
  }
}

/** What the agent signs of its trail when it exports it. */
export interface HeadStatement {
  /** `auditFormat` when absent. */
  readonly format?: AuditFile['format'];
  readonly agentId: string;
  readonly exportedAt: number;
  readonly length: number;
  /** 64 hex digits. */
  readonly hash: string;
  /** The entries whose messages are disclosed. */
  readonly disclosed: readonly number[];
}

/** Returns `label("audit head") || JCS({agent_id, disclosed, exported_at, format, hash, length})`. */
export function signedHead(given: HeadStatement): Bytes {
  const { format = auditFormat, agentId, exportedAt, length, hash: last, disclosed } = given;
  const statement = { format, agent_id: agentId, exported_at: exportedAt, length, hash: last, disclosed };
  return concat(label('audit head'), canonicalBytes(statement));
}
