import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { readCaCertificate } from './ca-certificate.ts';
import { derLength, readDerInteger } from './der.ts';
import { normalSerial } from './hex.ts';
import { AuthorityKeyIdentifierExtension, type X509Certificate, X509Crl } from './x509.ts';

/** A CRL whose signature by the pinned CA has been verified. Times are in Unix seconds. */
export interface RevocationList {
  readonly number: number;
  readonly thisUpdate: number;
  /** From then on the list no longer says that a certificate is good. */
  readonly nextUpdate: number;
  /** True for the serial number (hex) of a revoked certificate. */
  lists(serial: string): boolean;
}

const crlNumber = '2.5.29.20';
/** CRL number and authority key identifier: what this reader understands of a list. */
const understood = new Set([crlNumber, '2.5.29.35']);
/** Seconds by which a list may be dated ahead of this clock. */
const clockSkew = 300;

const refused = () =>
  new ParleyError('revocation_status_unknown', 'The revocation list is not a current one of the pinned Controller.');

/** Reads a CRL (RFC 5280, section 5) and verifies that the CA signed it. Throws `revocation_status_unknown`. */
export async function readRevocationList(der: Bytes, caCertificate: Bytes, now: number): Promise<RevocationList> {
  const ca = readCaCertificate(caCertificate);
  if (derLength(der) !== der.length) throw refused();
  let list: X509Crl;
  try {
    list = new X509Crl(der);
    if (!(await list.verify({ publicKey: ca.publicKey }))) throw refused();
  } catch {
    throw refused();
  }
  const number = readDerInteger(new Uint8Array(list.getExtension(crlNumber)?.value ?? new ArrayBuffer(0)));
  const thisUpdate = list.thisUpdate.getTime() / 1000;
  const nextUpdate = (list.nextUpdate?.getTime() ?? Number.NaN) / 1000;
  const isWhole =
    isIssuedBy(list, ca) &&
    list.extensions.every(({ critical, type }) => !critical || understood.has(type)) &&
    thisUpdate <= now + clockSkew &&
    nextUpdate > thisUpdate;
  if (number === undefined || !isWhole) throw refused();
  const serials = new Set(list.entries.map(({ serialNumber }) => normalSerial(serialNumber)));
  return { number, thisUpdate, nextUpdate, lists: (serial) => serials.has(normalSerial(serial)) };
}

function isIssuedBy(list: X509Crl, ca: X509Certificate): boolean {
  const ids = list.getExtensions(AuthorityKeyIdentifierExtension);
  return list.issuer === ca.subject && ids.length <= 1;
}
