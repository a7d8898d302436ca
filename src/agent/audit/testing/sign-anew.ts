import { signPss } from '../../../protocol/crypto/signatures.ts';
import { encodeBase64 } from '../../../protocol/wire/base64.ts';
import type { JsonObject } from '../../../protocol/wire/json.ts';
import { signedHead } from '../entry/file.ts';
import { closeExport, type OpenExport, object, rehashed } from './alter.ts';

/** An export without disclosures with another entry in a place, hashed and signed anew by the agent whose key is given. */
export async function signAnew(file: OpenExport, key: CryptoKey, at: number, entry: JsonObject): Promise<string> {
  const entries = file.entries.map((one, i) => (i === at ? { ...one, entry } : one));
  const made = await rehashed({ ...file, entries }, at);
  const { agent_id: agentId, exported_at: exportedAt, head } = made.top;
  const { length, hash } = object(head);
  const signed = signedHead({
    agentId: String(agentId),
    exportedAt: Number(exportedAt),
    length: Number(length),
    hash: String(hash),
    disclosed: [],
  });
  const signature = encodeBase64(await signPss(crypto.subtle, key, signed));
  return closeExport({ ...made, top: { ...made.top, signature } });
}

/** The export as its agent signs it when what it resumed is not in the trail: nothing was altered, and not all is proven. */
export function withoutWhatWasResumed(file: OpenExport, key: CryptoKey): Promise<string> {
  const at = file.entries.findIndex(({ entry }) => entry.kind === 'resumption');
  return signAnew(file, key, at, { ...file.entries[at]?.entry, resumes: 'ab'.repeat(16) });
}
