import type { Verification } from '../../agent/contracts/views.ts';
import './verified-mark.css';

const words: Readonly<Record<Verification, string>> = {
  unverified: 'not verified',
  verified: 'verified ✓',
  changed: 'key changed ✗',
};

/** Shows what is known of an agent's signing key. */
export function VerifiedMark({ verification }: { readonly verification: Verification }) {
  return <span className={`verified-mark verified-mark-${verification}`}>{words[verification]}</span>;
}
