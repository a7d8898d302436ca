import type { X509Certificate } from './x509.ts';
import { SubjectAlternativeNameExtension } from './x509.ts';

/** Returns the CN of a name that has nothing but one CN. */
export function commonName(name: X509Certificate['subjectName']): string | undefined {
  const parts = name.toJSON();
  const [only] = parts;
  if (parts.length !== 1 || only === undefined || Object.keys(only).length !== 1) return undefined;
  const values = only.CN;
  return values?.length === 1 ? values[0] : undefined;
}

/** Returns the URIs of a certificate's subject alternative name; undefined when it also names anything else. */
export function alternativeUris(certificate: X509Certificate): readonly string[] | undefined {
  const extension = certificate.getExtension(SubjectAlternativeNameExtension);
  const names = extension?.names.items ?? [];
  return names.every(({ type }) => type === 'url') ? names.map(({ value }) => value) : undefined;
}
