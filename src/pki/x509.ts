// @peculiar/x509 registers its parts by decorators: the metadata shim has to be there before it.
import 'reflect-metadata';
import { Pkcs10CertificateRequest, X509Certificate, X509Crl } from '@peculiar/x509';
import type { Bytes } from '../protocol/bytes.ts';
import { isDerSequence } from './der.ts';

// biome-ignore lint/performance/noBarrelFile: the one door to the library, so that the shim above always comes first
export {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
  X509CrlReason,
} from '@peculiar/x509';
export type { X509Certificate };

/**
 * Returns a certificate (RFC 5280, section 4). Throws an error of the library for what is none, here or when a part is asked for.
 *
 * The constructors of the library also read PEM, hex and base64, by an expression that takes exponential time for some texts:
 * nothing but one DER SEQUENCE may reach them.
 */
export function parseCertificate(der: Bytes): X509Certificate {
  return new X509Certificate(wholeSequence(der));
}

/** Returns a PKCS#10 request (RFC 2986). Throws like `parseCertificate`. */
export function parseCertificateRequest(der: Bytes): Pkcs10CertificateRequest {
  return new Pkcs10CertificateRequest(wholeSequence(der));
}

/** Returns a certificate revocation list (RFC 5280, section 5). Throws like `parseCertificate`. */
export function parseRevocationList(der: Bytes): X509Crl {
  return new X509Crl(wholeSequence(der));
}

function wholeSequence(der: Bytes): Bytes {
  if (!isDerSequence(der)) throw new TypeError('not one DER SEQUENCE');
  return der;
}
