import { Fragment, useId } from 'react';
import type { IdentityView } from '../../../agent/contracts/views.ts';
import { CopyButton } from '../../design/copy-button.tsx';
import { formatDateTime } from '../../design/format.ts';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { useNow } from '../../state/now.ts';
import './identity-card.css';
import { shortFingerprint } from '../../design/short-fingerprint.ts';

/** Shows all that is public of an agent's identity, to read in full and to copy. */
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
        <span className="visually-hidden">Identity: </span>
        <span className="identity-facts">
          <span className="identity-fact">
            <span className="muted">signing</span> <code>{shortFingerprint(identity.signingFingerprint)}</code>
          </span>
          <span className="identity-fact">
            <span className="muted">encryption</span> <code>{shortFingerprint(identity.encryptionFingerprint)}</code>
          </span>
          <span className="identity-validity">
            <Validity identity={identity} />
          </span>
        </span>
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
          {identity.keyBits}, made in this browser, and cannot be exported. There is no backup of them, by design: when
          the browser’s storage is cleared, nobody can be this agent again.
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
                <Fingerprint text={value} />
                <CopyButton text={() => value} label={name} />
              </dd>
            </div>
          ))}
          <div className="identity-card-fact">
            <dt>valid</dt>
            <dd>
              {formatDateTime(identity.notBefore * 1000)} – {formatDateTime(identity.notAfter * 1000)}
            </dd>
          </div>
          <div className="identity-card-fact">
            <dt>renewal</dt>
            <dd>
              {identity.renewalFailure === undefined ? (
                'automatic, ten days before they expire'
              ) : (
                <>
                  fails since {formatDateTime(identity.renewalFailure.since)}:{' '}
                  <UntrustedText text={identity.renewalFailure.detail} /> Trying again.
                </>
              )}
            </dd>
          </div>
          <div className="identity-card-fact">
            <dt>CA valid until</dt>
            <dd>{formatDateTime(identity.caNotAfter * 1000)}</dd>
          </div>
        </dl>
      </div>
    </>
  );
}

/** Shows a fingerprint that breaks between bytes only, sixteen to a line where there is room. */
function Fingerprint({ text }: { readonly text: string }) {
  return (
    <code className="identity-card-value">
      {text.split(/(?<=:)/).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bytes of a fingerprint never move
        <Fragment key={index}>
          {part}
          <wbr />
        </Fragment>
      ))}
    </code>
  );
}

const daySeconds = 86_400;

/** Days before the end of the CA from which on everybody is told. */
const caWarningDays = 180;

function Validity({ identity }: { readonly identity: IdentityView }) {
  const now = useNow() / 1000;
  const { notAfter, caNotAfter, renewalFailure } = identity;
  if (notAfter <= now) return <strong className="identity-expired">certificate expired</strong>;
  if (renewalFailure !== undefined) {
    return <strong className="identity-expired">renewal fails, {timeLeft(notAfter - now)} left</strong>;
  }
  if (caNotAfter - now < caWarningDays * daySeconds) {
    return <strong className="identity-expired">CA ends in {timeLeft(caNotAfter - now)}</strong>;
  }
  return (
    <>
      <span className="identity-long">certificate </span>
      {timeLeft(notAfter - now)}
    </>
  );
}

function timeLeft(seconds: number): string {
  const days = Math.floor(seconds / daySeconds);
  return days <= 0 ? `${Math.max(1, Math.floor(seconds / 3_600))} h` : `${days} ${days === 1 ? 'day' : 'days'}`;
}
