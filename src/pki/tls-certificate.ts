import type { Bytes } from '../protocol/bytes.ts';
import { makeSerial } from './serial.ts';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from './x509.ts';

/** Days that browsers accept at most. */
const lifetimeDays = 397;
const isAddress = (name: string) => /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:]*)$/i.test(name);

/** A certificate for a TLS server, and its key (PKCS#8); DER each. */
export interface TlsCertificate {
  readonly certificate: Bytes;
  readonly privateKey: Bytes;
  /** Unix seconds. */
  readonly notAfter: number;
}

/**
 * Creates a self-signed ECDSA P-256 certificate for a server of these names (RFC 5280; RFC 6125). `now` is in Unix
 * seconds.
 */
export async function createTlsCertificate(input: {
  readonly hostnames: readonly [string, ...string[]];
  readonly now: number;
  readonly random: (length: number) => Uint8Array;
}): Promise<TlsCertificate> {
  const { hostnames, now, random } = input;
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const notAfter = now + (lifetimeDays - 1) * 86_400;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [hostnames[0]] }],
    keys,
    serialNumber: makeSerial(random),
    notBefore: new Date((now - 3_600) * 1_000),
    notAfter: new Date(notAfter * 1_000),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        hostnames.map((value) => ({ type: isAddress(value) ? ('ip' as const) : ('dns' as const), value })),
      ),
    ],
  });
  const privateKey = new Uint8Array(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { certificate: new Uint8Array(certificate.rawData), privateKey, notAfter };
}
