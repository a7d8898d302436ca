import { AsnConvert } from '@peculiar/asn1-schema';
import { CRLNumber } from '@peculiar/asn1-x509';
import { type Bytes, toHex } from '../protocol/bytes.ts';

/** Returns the CRLNumber extension's value (RFC 5280, section 5.2.3), DER, of a whole number from 0 to 2^53 - 1. */
export function encodeCrlNumber(number: number): Bytes {
  return new Uint8Array(AsnConvert.serialize(new CRLNumber(number)));
}

/**
 * Returns the number in a CRLNumber extension's value, from 0 to 2^53 - 1; undefined for anything else. The library reads other
 * spellings of a number too: only the one that DER has is taken.
 */
export function decodeCrlNumber(der: Bytes): number | undefined {
  const number = looselyDecoded(der);
  if (number === undefined || !Number.isSafeInteger(number) || number < 0) return undefined;
  return toHex(encodeCrlNumber(number)) === toHex(der) ? number : undefined;
}

function looselyDecoded(der: Bytes): number | undefined {
  try {
    // Beyond 31 bits the library gives the digits as a string.
    return Number(AsnConvert.parse(der, CRLNumber).value);
  } catch {
    // It throws several kinds of errors for what is no INTEGER.
    return undefined;
  }
}
