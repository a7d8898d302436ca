import type { VerificationView } from '../../agent/contracts/views.ts';
import { formatDateTime } from '../design/format.ts';
import { KeyFingerprint } from './key-fingerprint.tsx';
import './changed-keys.css';

/** Shows the key that was verified and the one that was seen since. Fingerprints are SHA-256 of the public key. */
export function ChangedKeys({ view }: { readonly view: VerificationView }) {
  const { verifiedKeyFingerprint = '', verifiedAt = 0, changedKeyFingerprint = '', seenAt = 0 } = view;
  return (
    <dl className="verify-keys">
      <div>
        <dt>the key you verified, {formatDateTime(verifiedAt)}</dt>
        <dd>
          <KeyFingerprint text={verifiedKeyFingerprint} />
        </dd>
      </div>
      <div>
        <dt>✗ another key, first seen {formatDateTime(seenAt)}</dt>
        <dd>
          <KeyFingerprint text={changedKeyFingerprint} />
        </dd>
      </div>
    </dl>
  );
}
