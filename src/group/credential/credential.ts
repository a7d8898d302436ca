import * as v from 'valibot';
import { type Bytes, concat, equalConstantTime } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { canonicalBytes } from '../../protocol/wire/canonical.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import { label } from '../../protocol/wire/label.ts';
import { agentId, bytesOf, moment, rsaBytes } from '../../protocol/wire/members.ts';
import { parseObject } from '../../protocol/wire/parse.ts';
import { GroupError } from '../codes.ts';

/** What a credential says, without its signature (groups page, section 2). Times are in Unix seconds. */
export interface CredentialClaims {
  readonly agentId: string;
  /** H(DER) of the signing certificate, 32 bytes. */
  readonly certificate: Bytes;
  /** The group_id, 32 hex digits, of a credential that was made for a rejoin in that group. */
  readonly rejoins?: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A credential as a leaf carries it. That it is valid only `checkCredential` says. */
export interface GroupCredential extends CredentialClaims {
  /** RSA-PSS by the certificate's key. */
  readonly signature: Bytes;
}

/** The most that `not_after` comes after `not_before`, in seconds (groups page, section 2). */
const longestCredential = 30 * 86_400;

const longestIdentity = 1_024;
const purpose = 'parley-group/1';
const purposePattern = /^parley-group\/1(?: rejoin (?<group>[0-9a-f]{32}))?$/;

const schema = v.strictObject({
  agent_id: agentId,
  certificate: bytesOf(32),
  for: v.pipe(v.string(), v.regex(purposePattern)),
  not_before: moment,
  not_after: moment,
  signature: rsaBytes,
});

/** Returns what the certificate's key signs: `label("group leaf") || JCS(the claims and "signature_key")`. The key has 32 bytes. */
export function credentialToBeSigned(claims: CredentialClaims, signatureKey: Bytes): Bytes {
  const covered = { ...claimsJson(claims), signature_key: encodeBase64(signatureKey) };
  return concat(label('group leaf'), canonicalBytes(covered));
}

/** Returns the identity of a basic credential: at most 1 KiB of canonical JSON. Throws `credential_too_long`. */
function encodeCredential(credential: GroupCredential): Bytes {
  const identity = canonicalBytes({ ...claimsJson(credential), signature: encodeBase64(credential.signature) });
  if (identity.length > longestIdentity) throw tooLong();
  return identity;
}

/**
 * Makes a credential for a leaf's signature key. `sign` signs by RSA-PSS with the key of the certificate that the claims name. Throws
 * `credential_too_long`, and what `sign` throws.
 */
export async function signCredential(
  claims: CredentialClaims,
  signatureKey: Bytes,
  sign: (data: Bytes) => Promise<Bytes>,
): Promise<Bytes> {
  return encodeCredential({ ...claims, signature: await sign(credentialToBeSigned(claims, signatureKey)) });
}

/**
 * Reads the identity of a basic credential. Throws `credential_too_long` and `credential_malformed`, the latter for all that is not
 * exactly this JSON in canonical form, and `credential_lifetime`.
 */
export function parseCredential(identity: Bytes): GroupCredential {
  if (identity.length > longestIdentity) throw tooLong();
  const json = objectIn(identity);
  const read = v.safeParse(schema, json);
  if (!read.success || !equalConstantTime(canonicalBytes(json), identity)) throw malformed();
  const { agent_id, certificate, not_before: notBefore, not_after: notAfter, signature } = read.output;
  if (notAfter < notBefore || notAfter - notBefore > longestCredential) {
    throw new GroupError('credential_lifetime', 'A credential ends at most 30 days after it begins.');
  }
  const rejoins = purposePattern.exec(read.output.for)?.groups?.group;
  return {
    agentId: agent_id,
    certificate,
    ...(rejoins !== undefined && { rejoins }),
    notBefore,
    notAfter,
    signature,
  };
}

/** Returns the key under which a certificate's hash is looked up: base64, as the credential has it. */
export function certificateKey({ certificate }: Pick<CredentialClaims, 'certificate'>): string {
  return encodeBase64(certificate);
}

function claimsJson({ agentId, certificate, rejoins, notBefore, notAfter }: CredentialClaims) {
  return {
    agent_id: agentId,
    certificate: encodeBase64(certificate),
    for: rejoins === undefined ? purpose : `${purpose} rejoin ${rejoins}`,
    not_before: notBefore,
    not_after: notAfter,
  };
}

function objectIn(identity: Bytes): JsonObject {
  try {
    return parseObject(identity, longestIdentity, { depth: 1, members: 6 });
  } catch (cause) {
    if (cause instanceof ParleyError) throw malformed(cause);
    throw cause;
  }
}

function tooLong(): GroupError {
  return new GroupError('credential_too_long', 'A credential has at most 1 KiB.');
}

function malformed(cause?: unknown): GroupError {
  return new GroupError('credential_malformed', 'A credential is not exactly its canonical JSON.', { cause });
}
