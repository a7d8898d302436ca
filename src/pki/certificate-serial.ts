import type { Bytes } from '../protocol/bytes.ts';
import { normalSerial } from './serial.ts';
import { parseCertificate } from './x509.ts';

/** Reads the serial number of a certificate, DER, without asking who signed it: lowercase hex; undefined for what is no certificate. */
export function readCertificateSerial(der: Bytes): string | undefined {
  try {
    return normalSerial(parseCertificate(der).serialNumber);
  } catch {
    // The library reads DER as its parts are asked for: a damaged part may show anywhere above.
    return undefined;
  }
}
