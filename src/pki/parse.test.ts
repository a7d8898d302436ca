import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, concat } from '../protocol/bytes.ts';
import { createCaCertificate } from './authority.ts';
import { readCaCertificate } from './ca-certificate.ts';
import { certificateFacts } from './certificate-facts.ts';
import { createCertificateRequest, readCertificateRequest } from './certificate-request.ts';
import { describeCertificate } from './describe.ts';
import { readNamedKey } from './named-key.ts';
import { writePem } from './pem.ts';

const text = (words: string) => new TextEncoder().encode(words);

/** An OCTET STRING, which is no certificate, of a text. */
function octets(content: string): Bytes {
  const bytes = text(content);
  return concat(Uint8Array.of(4, 0x82, bytes.length >> 8, bytes.length & 0xff), bytes);
}

/** Text that the library’s expression for PEM takes twice as long for with each line more: with these, years. */
const endless = `-----BEGIN A-----\na: b\n${' a: b\n'.repeat(100)}`;

describe('bytes that should be DER, and are a text', () => {
  let ca: Bytes;
  let request: Bytes;
  beforeAll(async () => {
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
    ca = await createCaCertificate({ keys, name: 'Parley', lifetime: 86_400, now: 1_790_000_000, random });
    const pss = { name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 2_048, publicExponent: Uint8Array.of(1, 0, 1) };
    const signingKeys = await crypto.subtle.generateKey(pss, false, ['sign', 'verify']);
    request = await createCertificateRequest({ agentId: 'helper_agent_001', signingKeys });
  });

  test.each([
    ['PEM', () => text(writePem('CERTIFICATE', ca))],
    ['PEM in an OCTET STRING', () => octets(writePem('CERTIFICATE', ca))],
    ['base64', () => text(Buffer.from(ca).toString('base64'))],
    ['hex', () => text(Buffer.from(ca).toString('hex'))],
    ['DER with more after it', () => concat(ca, Uint8Array.of(0))],
    ['nothing', () => new Uint8Array()],
    ['PEM without an end', () => octets(endless)],
  ])('are no certificate: %s', async (_, make) => {
    const bytes = make();
    expect(() => readCaCertificate(bytes)).toThrow(/certificate_untrusted/);
    expect(readNamedKey(bytes)).toBeUndefined();
    await expect(describeCertificate(bytes)).rejects.toThrow(/certificate_untrusted/);
    await expect(certificateFacts(bytes)).rejects.toThrow(/certificate_untrusted/);
  });

  test('are no request for certificates', async () => {
    expect(await readCertificateRequest(request)).toMatchObject({ agentId: 'helper_agent_001' });
    for (const bytes of [octets(writePem('CERTIFICATE REQUEST', request)), octets(endless)]) {
      await expect(readCertificateRequest(bytes)).rejects.toThrow(/malformed_message/);
    }
  });
});
