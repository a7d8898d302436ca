import { shortestPassphrase } from '../../agent/contracts/history-limits.ts';

/** Returns why a history cannot be exported under a passphrase yet; undefined when it can. */
export function whyNotExport(passphrase: string, repeated: string): string | undefined {
  const missing = shortestPassphrase - [...passphrase].length;
  if (missing > 0) return `The passphrase needs ${missing} more ${missing === 1 ? 'character' : 'characters'}.`;
  return passphrase === repeated ? undefined : 'The two passphrases are not the same. Type the second one again.';
}
