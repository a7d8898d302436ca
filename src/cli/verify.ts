import { largestExport } from '../agent/audit/entry/file.ts';
import { type ExportVerdict, verifyExport } from '../agent/audit/verify/verify-export.ts';
import { visibleLine } from '../console/visible-text.ts';
import { certificateInFile } from '../pki/ca-certificate.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../protocol/errors.ts';
import { readNamedFile } from '../storage/file/read-file.ts';
import { complain } from './complain.ts';
import { exitCodes } from './exit-codes.ts';
import type { Given } from './given.ts';

/** Bytes of a file that holds one certificate. */
const largestCertificate = 64 * 1024;

/**
 * Runs `parley verify FILE`: writes whether an exported audit trail holds, and what it shows. Returns the exit code.
 */
export async function runVerify({ words, flags }: Given, out: { write(text: string): unknown }): Promise<number> {
  try {
    const [file = ''] = words;
    const pinned = typeof flags.ca === 'string' ? await readCa(flags.ca) : undefined;
    const verdict = await verifyExport(
      crypto.subtle,
      await readNamedFile({ flag: undefined, path: file }, largestExport),
      pinned,
    );
    out.write(flags.json === true ? line(JSON.stringify(asJson(verdict))) : verdictLines(verdict).map(line).join(''));
    return verdict.holds ? exitCodes.done : exitCodes.refused;
  } catch (cause) {
    return complain(cause);
  }
}

function line(text: string): string {
  return `${visibleLine(text)}\n`;
}

async function readCa(path: string): Promise<Bytes> {
  const file = await readNamedFile({ flag: '--ca', path }, largestCertificate);
  try {
    return certificateInFile(file);
  } catch (cause) {
    const { detail } = asParleyError(cause);
    throw new ParleyError('invalid_input', `--ca is ${path}. ${detail} Nothing was checked.`, { cause });
  }
}

/** Returns the verdict as lines for people. Nothing of the file is trusted to be harmless in a terminal. */
function verdictLines(verdict: ExportVerdict): readonly string[] {
  const { holds, words, agentId, exportedAt, caFingerprint, isPinned, disclosed, unproven } = verdict;
  const isWhole = holds || unproven !== undefined;
  const lines = [`${holds ? '✓' : isWhole ? '?' : '✗'} ${words}`];
  if (!isWhole || agentId === undefined || exportedAt === undefined) return lines;
  lines.push(
    `  Whose: ${agentId}, exported ${new Date(exportedAt).toISOString()}`,
    `  Authority: SHA-256 ${caFingerprint}`,
    isPinned
      ? '  It is the one you gave.'
      : '  Compare it with the Controller’s, or give its certificate with --ca: under another authority, everything can be made up.',
    `  Signed: ${verdict.handshakes} handshakes, ${verdict.resumptions} resumptions, ${verdict.messages} messages`,
  );
  for (const { index, sender, timestamp, sessionId, payload, isProven } of disclosed) {
    const when = new Date(timestamp * 1_000).toISOString();
    const what = isProven ? 'Disclosed' : 'Disclosed and not proven';
    lines.push(`  ${what}, entry ${index}: ${sender} at ${when} in session ${sessionId}: ${JSON.stringify(payload)}`);
  }
  return lines;
}

function asJson(verdict: ExportVerdict) {
  const { holds, words, brokenAt, entries, agentId, exportedAt, caFingerprint, isPinned } = verdict;
  const { handshakes, resumptions, messages, disclosed } = verdict;
  return {
    holds,
    words,
    broken_at: brokenAt,
    unproven: verdict.unproven,
    entries,
    agent_id: agentId,
    exported_at: exportedAt,
    ca_fingerprint: caFingerprint,
    ca_pinned: isPinned,
    handshakes,
    resumptions,
    messages,
    disclosed: disclosed.map(({ index, sender, sessionId, timestamp, payload, isProven }) => ({
      index,
      sender,
      session_id: sessionId,
      timestamp,
      payload,
      proven: isProven,
    })),
  };
}
