import { useId } from 'react';
import type { IdentityView } from '../../agent/views.ts';
import { CopyButton } from '../design/copy-button.tsx';
import { formatDateTime } from '../design/format.ts';
import './identity-card.css';

/** Everything that is public of an agent's identity, to read in full and to copy. */
export function IdentityCard({ identity }: { readonly identity: IdentityView }) {
  const id = useId();
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['signing certificate, SHA-256', identity.signingFingerprint],
    ['encryption certificate, SHA-256', identity.encryptionFingerprint],
    ['pinned CA, SHA-256', identity.caFingerprint],
    ['signing serial', identity.signingSerial],
    ['encryption serial', identity.encryptionSerial],
  ];
  return (
    <>
      <button type="button" className="button button-quiet identity-more" popoverTarget={id}>
        Identity
      </button>
      <div
        id={id}
        popover="auto"
        className="identity-card"
        role="dialog"
        aria-label={`Identity of ${identity.agentId}`}
      >
        <p className="small muted">
          Compare these over another channel to be sure whom a certificate names. Both private keys are RSA-
          {identity.keyBits}, made in this browser, and cannot be read out of it.
        </p>
        <dl>
          <div className="identity-card-fact">
            <dt>agent_id</dt>
            <dd>
              <code>{identity.agentId}</code>
            </dd>
          </div>
          <div className="identity-card-fact">
            <dt>address</dt>
            <dd>
              <code>{identity.address}</code>
            </dd>
          </div>
          {facts.map(([name, value]) => (
            <div key={name} className="identity-card-fact">
              <dt>{name}</dt>
              <dd>
                <code>{value}</code>
                <CopyButton text={value} what={name} />
              </dd>
            </div>
          ))}
          <div className="identity-card-fact">
            <dt>valid</dt>
            <dd>
              {formatDateTime(identity.notBefore * 1000)} – {formatDateTime(identity.notAfter * 1000)}
            </dd>
          </div>
        </dl>
      </div>
    </>
  );
}
