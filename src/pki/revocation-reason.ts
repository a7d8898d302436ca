import { X509CrlReason } from './x509.ts';

const codes = {
  keyCompromise: X509CrlReason.keyCompromise,
  affiliationChanged: X509CrlReason.affiliationChanged,
  superseded: X509CrlReason.superseded,
  cessationOfOperation: X509CrlReason.cessationOfOperation,
  privilegeWithdrawn: X509CrlReason.privilegeWithdrawn,
} as const;

/** Why a certificate is revoked: the names of RFC 5280, section 5.3.1, that fit an agent. */
export type RevocationReason = keyof typeof codes;

/** Returns the reason code of RFC 5280, section 5.3.1. */
export function reasonCode(reason: RevocationReason): X509CrlReason {
  return codes[reason];
}

/**
 * Returns the reason that `text` names (`keyCompromise`, `key_compromise`, ...); for any other text, a withdrawn
 * privilege.
 */
export function revocationReason(text: string): RevocationReason {
  const name = text.replace(/[_ -]([a-zA-Z])/g, (_, letter: string) => letter.toUpperCase());
  return isReason(name) ? name : 'privilegeWithdrawn';
}

function isReason(name: string): name is RevocationReason {
  return Object.hasOwn(codes, name);
}
