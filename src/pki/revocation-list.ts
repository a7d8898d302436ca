import { id_ce_authorityKeyIdentifier, id_ce_cRLNumber } from '@peculiar/asn1-x509';
import type { Bytes } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import { readCaCertificate } from './ca-certificate.ts';
import { decodeCrlNumber } from './crl-number.ts';
import { endsInEcdsaSignature } from './der.ts';
import { normalSerial } from './serial.ts';
import { parseRevocationList, type X509Certificate, X509CrlReason } from './x509.ts';

/** A CRL whose signature by the pinned CA has been verified. Times are in Unix seconds. */
export interface RevocationList {
  readonly number: number;
  readonly thisUpdate: number;
  /** From then on the list no longer says that a certificate is good. */
  readonly nextUpdate: number;
  /** True for the serial number (hex) of a revoked certificate. */
  lists(serial: string): boolean;
  /** True when it is listed with the reason superseded: what goes on may go on (protocol page, section 3). */
  supersedes(serial: string): boolean;
  /** Returns since when it is revoked for another reason than superseded, in Unix seconds; undefined when it is not. */
  revokedSince(serial: string): number | undefined;
}

/** CRL number and authority key identifier: what this reader understands of a list. */
const understood = new Set([id_ce_cRLNumber, id_ce_authorityKeyIdentifier]);
/** Seconds by which a list may be dated ahead of this clock. */
const clockSkew = 300;

/** Reads a CRL (RFC 5280, section 5) and verifies that the CA signed it. Throws `revocation_status_unknown`. */
export async function readRevocationList(der: Bytes, caCertificate: Bytes, now: number): Promise<RevocationList> {
  const ca = readCaCertificate(caCertificate);
  // The library reads DER as its parts are asked for, so a damaged part may show anywhere.
  const list = await read(der, ca, now).catch(() => undefined);
  if (list === undefined) {
    throw new ParleyError(
      'revocation_status_unknown',
      'The revocation list is not a current one of the pinned Controller.',
    );
  }
  return list;
}

async function read(der: Bytes, ca: X509Certificate, now: number): Promise<RevocationList | undefined> {
  if (!endsInEcdsaSignature(der)) return undefined;
  const list = parseRevocationList(der);
  if (!(await list.verify({ publicKey: ca.publicKey }))) return undefined;
  const number = decodeCrlNumber(new Uint8Array(list.getExtension(id_ce_cRLNumber)?.value ?? new ArrayBuffer(0)));
  const thisUpdate = list.thisUpdate.getTime() / 1000;
  const nextUpdate = (list.nextUpdate?.getTime() ?? Number.NaN) / 1000;
  const isWhole =
    list.issuer === ca.subject &&
    list.extensions.every(({ critical, type }) => !critical || understood.has(type)) &&
    thisUpdate <= now + clockSkew &&
    nextUpdate > thisUpdate;
  if (number === undefined || !isWhole) return undefined;
  const serials = new Map<string, boolean>();
  const since = new Map<string, number>();
  for (const { serialNumber, reason, revocationDate } of list.entries) {
    const serial = normalSerial(serialNumber);
    const isSuperseded = reason === X509CrlReason.superseded;
    // Listed twice, the graver and the earlier entry holds.
    serials.set(serial, isSuperseded && serials.get(serial) !== false);
    const at = Math.floor(revocationDate.getTime() / 1000);
    if (!isSuperseded) since.set(serial, Math.min(at, since.get(serial) ?? at));
  }
  return {
    number,
    thisUpdate,
    nextUpdate,
    lists: (serial) => serials.has(normalSerial(serial)),
    supersedes: (serial) => serials.get(normalSerial(serial)) === true,
    revokedSince: (serial) => since.get(normalSerial(serial)),
  };
}
