import { useState } from 'react';
import { formatBytes } from '../../design/format.ts';
import { PartyMark, partyColour } from '../../design/party.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { envelopeWords } from './envelope-words.ts';
import { kindWords } from './kind-words.ts';
import { memberMeaning } from './member-kinds.ts';
import type { BodyLine, WireBody } from './wire-body.ts';
import './wire-body-panel.css';

interface WireBodyPanelProps {
  readonly heading: string;
  readonly body: WireBody;
  readonly size: number | undefined;
  /** Who made it: its colour marks certificates and what is signed. */
  readonly maker: string;
}

/** Shows a body member by member, each with its kind: JSON, or the bytes of a binary envelope. */
export function WireBodyPanel({ heading, body, size, maker }: WireBodyPanelProps) {
  const [full, setFull] = useState(false);
  const colour = maker === '' ? undefined : partyColour(maker);
  return (
    <section className="wire-body" aria-label={heading}>
      <header className="wire-body-head">
        <span>
          <strong>{heading}</strong> {maker !== '' && <PartyMark agentId={maker} />} <UntrustedText text={maker} />
          {size !== undefined && <span className="small muted"> · {formatBytes(size)}</span>}
        </span>
        {body.type === 'members' && (
          <button type="button" className="wire-full" aria-pressed={full} onClick={() => setFull(!full)}>
            Full values
          </button>
        )}
      </header>
      {body.type === 'empty' && <p className="small muted">No body.</p>}
      {body.type === 'text' && (
        <pre className="wire-text">
          <UntrustedText text={body.text} />
        </pre>
      )}
      {body.type === 'members' && body.binary !== undefined && (
        <p className="small muted">
          {envelopeWords(body.binary.sizes)}
          {body.binary.missing > 0 && <> The last {formatBytes(body.binary.missing)} of the ciphertext are not kept.</>}
        </p>
      )}
      {body.type === 'members' && (
        <ul
          className={body.signed ? 'wire-members wire-signed' : 'wire-members'}
          style={{ borderColor: body.signed ? colour : undefined }}
        >
          {body.lines.map((line) => (
            <Line key={line.path} line={line} message={body.message} full={full} colour={colour} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface LineProps {
  readonly line: BodyLine;
  readonly message: string;
  readonly full: boolean;
  readonly colour: string | undefined;
}

function Line({ line, message, full, colour }: LineProps) {
  const { value } = line;
  const indent = { paddingInlineStart: `${line.depth * 16}px` };
  if (value === undefined) {
    return (
      <li className="wire-member" style={indent}>
        <code>
          <UntrustedText text={line.name} />
        </code>
      </li>
    );
  }
  return (
    <li className="wire-member" style={indent}>
      <code>
        <UntrustedText text={line.name} />:{' '}
        <span
          className={`wire-value wire-value-${value.kind}`}
          style={value.kind === 'certificate' ? { color: colour } : undefined}
        >
          <UntrustedText text={full ? value.text : shortened(value.text)} />
        </span>
      </code>
      <span className={`wire-kind wire-kind-${value.kind}`} title={memberMeaning(line.path, message)}>
        {kindWords[value.kind].one}
        {value.bytes !== undefined && <span className="wire-figure"> {formatBytes(value.bytes)}</span>}
      </span>
    </li>
  );
}

const shortened = (text: string) => (text.length > 56 ? `${text.slice(0, 40)}…${text.slice(-10)}` : text);
