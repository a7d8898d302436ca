import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { commonName } from './names.ts';
import { readRsaPublicKey } from './rsa-public-key.ts';
import { Pkcs10CertificateRequestGenerator, parseCertificateRequest } from './x509.ts';

const pss = { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 } as const;

/**
 * Creates a PKCS#10 request (RFC 2986) as DER: subject CN = agent_id, signed RSA-PSS by the signing key (protocol
 * page, section 6).
 */
export async function createCertificateRequest(input: {
  readonly agentId: string;
  readonly signingKeys: CryptoKeyPair;
}): Promise<Bytes> {
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [input.agentId] }],
    keys: input.signingKeys,
    signingAlgorithm: pss,
  });
  return new Uint8Array(request.rawData);
}

/** What an accepted request proves: its sender holds the private key of `signingSpki`. */
export interface CertificateRequest {
  readonly agentId: string;
  readonly signingSpki: Bytes;
}

/** Reads a request and verifies its signature: RSA-PSS, SHA-256, salt 32. Throws `malformed_message`. */
export async function readCertificateRequest(der: Bytes): Promise<CertificateRequest> {
  // The library reads DER as its parts are asked for, so a damaged part may show anywhere.
  const request = await read(der).catch(() => undefined);
  if (request === undefined) {
    throw new ParleyError(
      'malformed_message',
      'The csr is not a PKCS#10 request with one subject CN, an RSA key of 2048 to 4096 bits with e = 65537, and its RSA-PSS signature.',
    );
  }
  return request;
}

async function read(der: Bytes): Promise<CertificateRequest | undefined> {
  const request = parseCertificateRequest(der);
  const agentId = commonName(request.subjectName);
  const signingSpki = new Uint8Array(request.publicKey.rawData);
  if (agentId === undefined || !isPss(request.signatureAlgorithm)) return undefined;
  if ((await readRsaPublicKey(signingSpki, 'signing')) === undefined) return undefined;
  return (await request.verify()) ? { agentId, signingSpki } : undefined;
}

function isPss(algorithm: { readonly name: string; readonly hash?: { readonly name: string } }): boolean {
  const saltLength = 'saltLength' in algorithm ? algorithm.saltLength : undefined;
  return algorithm.name === 'RSA-PSS' && algorithm.hash?.name === 'SHA-256' && saltLength === 32;
}
