import { useEffect, useState } from 'react';
import type { CertificateFacts } from '../../../engine/inspector/api.ts';
import { theInspector } from '../../../engine/inspector/client.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { formatDateTime } from '../../design/format.ts';
import { saveFile } from '../../design/save-file.ts';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { failureOf } from '../../state/failure.ts';
import { sha256Pairs, spacedHex } from './bytes.ts';
import { decodingOf } from './member-facts.ts';

interface DecodedProps {
  readonly path: string;
  readonly text: string;
  readonly bytes: Bytes | undefined;
}

/** Shows a member's value decoded: a certificate's fields, a key, bytes, a time. */
export function Decoded({ path, text, bytes }: DecodedProps) {
  const decoding = decodingOf(path);
  if (decoding === 'time' && /^\d+$/.test(text)) {
    return (
      <p>
        <code>{text}</code> is {formatDateTime(Number(text) * 1_000)}
      </p>
    );
  }
  if (bytes === undefined)
    return (
      <p className="message-long">
        <UntrustedText text={text} />
      </p>
    );
  switch (decoding) {
    case 'certificate':
      return <Certificate base64={text} />;
    case 'x25519':
      return <Key words="X25519 public key (RFC 7748), 255 bits, made for this session" bytes={bytes} />;
    case 'ed25519':
      return <Key words="Ed25519 public key (RFC 8032), 255 bits, made for this session" bytes={bytes} />;
    case 'ml_kem':
      return (
        <Key
          words={
            bytes.length === 1_184 ? 'ML-KEM-768 encapsulation key (FIPS 203)' : 'ML-KEM-768 ciphertext (FIPS 203)'
          }
          bytes={bytes}
        />
      );
    default:
      return <code className="message-bytes">{spacedHex(bytes)}</code>;
  }
}

function Key({ words, bytes }: { readonly words: string; readonly bytes: Bytes }) {
  const [fingerprint, setFingerprint] = useState('');
  useEffect(() => {
    let gone = false;
    void sha256Pairs(bytes).then((pairs) => {
      if (!gone) setFingerprint(pairs);
    });
    return () => {
      gone = true;
    };
  }, [bytes]);
  return (
    <dl className="message-facts">
      <dt>type</dt>
      <dd>
        {words}, {bytes.length} bytes
      </dd>
      <dt>SHA-256</dt>
      <dd>
        <code>{fingerprint}</code>
      </dd>
      <dt>bytes</dt>
      <dd>
        <code className="message-bytes">{spacedHex(bytes)}</code>
      </dd>
    </dl>
  );
}

function Certificate({ base64 }: { readonly base64: string }) {
  const [facts, setFacts] = useState<CertificateFacts | string>();
  useEffect(() => {
    let gone = false;
    theInspector()
      .certificate(base64)
      .then(
        (read) => !gone && setFacts(read),
        (cause: unknown) => !gone && setFacts(failureOf(cause).detail),
      );
    return () => {
      gone = true;
    };
  }, [base64]);
  if (facts === undefined) return <p className="muted">Reading the certificate</p>;
  if (typeof facts === 'string') return <p className="message-bad">{facts}</p>;
  const rows: readonly (readonly [name: string, value: string])[] = [
    ['subject', facts.subject],
    ['issuer', facts.issuer],
    ['alternative names', facts.alternativeNames.join(', ')],
    ['key usage', facts.keyUsage.join(', ') || 'none'],
    ['authority', facts.isAuthority ? 'yes' : 'no'],
    ['valid', `${formatDateTime(facts.notBefore * 1_000)} to ${formatDateTime(facts.notAfter * 1_000)}`],
    ['serial', facts.serial],
    ['key', facts.key],
    ['SHA-256 of the key', facts.keyFingerprint],
    ['SHA-256 of the certificate', facts.fingerprint],
    ['signed with', facts.signatureAlgorithm],
  ];
  return (
    <>
      <dl className="message-facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <UntrustedText text={value} />
            </dd>
          </div>
        ))}
      </dl>
      <button type="button" className="button" onClick={() => savePem(facts)}>
        Download PEM
      </button>
    </>
  );
}

function savePem({ pem, serial }: CertificateFacts): void {
  saveFile(`certificate-${serial.slice(0, 8)}.pem`, 'application/x-pem-file', pem);
}
