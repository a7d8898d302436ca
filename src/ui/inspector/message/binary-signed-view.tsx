import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { concat } from '../../../protocol/bytes.ts';
import { formatBytes } from '../../design/format.ts';
import { PartyMark } from '../../design/party.tsx';
import type { EnvelopeBytes } from '../wire/envelope-parts.ts';
import { jsonLeaves, runsOf } from '../wire/json-ranges.ts';
import { sha256Pairs } from './bytes.ts';
import type { Selection } from './members-table.tsx';
import { RunText } from './text-view.tsx';

interface BinarySignedViewProps extends Pick<Selection, 'member' | 'onMember'> {
  readonly envelope: EnvelopeBytes;
  readonly sender: string;
}

/** Shows the exact bytes that a binary envelope's tag and signature cover: label, header, and the hash of the rest. */
export function BinarySignedView({ envelope, sender, member, onMember }: BinarySignedViewProps) {
  const { header, parts, missing } = envelope;
  const hash = useHash(envelope);
  const runs = useMemo(() => runsOf(header.length, jsonLeaves(header)), [header]);
  if (parts.length === 0) return <p className="muted">These bytes are not a binary envelope: nothing is signed.</p>;
  const shown = runs.map(({ from, to, path }) => (
    <RunText key={from} text={header.slice(from, to)} path={path} member={member} onMember={onMember} />
  ));
  return (
    <>
      <p className="small">
        <code>encrypted_payload.tag</code>: AES-256-GCM over the ciphertext and this additional data, the AAD (parley/1,
        section 4).
      </p>
      <Covered label="parley/1 message">{shown}</Covered>
      <p className="small">
        <code>signature</code>: Ed25519 with the session signing key by <PartyMark agentId={sender} /> {sender} over
        exactly this (parley/1, section 4). The header is signed as it stands in the envelope; its length is not signed
        by itself.
      </p>
      <Covered label="parley/1 message signature">
        {shown}
        <span className="message-segment" title="SHA-256(iv ‖ ciphertext ‖ tag), 32 bytes">
          SHA-256(iv ‖ ciphertext ‖ tag) ={' '}
          {missing > 0 ? `not known: ${formatBytes(missing)} of the ciphertext are not kept` : hash}
        </span>
      </Covered>
    </>
  );
}

function Covered({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre className="message-scroll message-text message-signed" tabIndex={0}>
      <span className="message-segment" title="The label, and one zero byte">
        {label}
        <span className="message-zero">00</span>
      </span>
      {children}
    </pre>
  );
}

/** Returns the hash of what was encrypted, as hex pairs; empty until it is computed, and where not all of it was kept. */
function useHash({ bytes, parts, missing }: EnvelopeBytes): string {
  const [hash, setHash] = useState('');
  useEffect(() => {
    let gone = false;
    setHash('');
    const [iv, tag, ciphertext] = ['iv', 'tag', 'ciphertext'].map((name) => {
      const part = parts.find(({ path }) => path === `encrypted_payload.${name}`);
      return part === undefined ? new Uint8Array(0) : bytes.slice(part.value.from, part.value.to);
    });
    if (missing > 0 || iv === undefined || tag === undefined || ciphertext === undefined) return undefined;
    void sha256Pairs(concat(iv, ciphertext, tag)).then((pairs) => {
      if (!gone) setHash(pairs);
    });
    return () => {
      gone = true;
    };
  }, [bytes, parts, missing]);
  return hash;
}
