import { useState } from 'react';
import type { Decision, Line } from '../../lab/host/api.ts';
import type { LabMessage } from '../../lab/run/scenario.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { Mark } from '../design/party.tsx';
import { binaryEditing, bytesOfHex } from '../inspector/message/editing.ts';
import { prettyJson } from '../inspector/wire/wire-body.ts';
import { FlipBox } from './flip-box.tsx';
import { labParties } from './party-of-lab.ts';

interface HeldMessageProps {
  readonly message: LabMessage;
  readonly line: Line;
  readonly attempt: (call: Promise<void>) => void;
}

/** Shows a message in the attacker's hands: every member can be edited, and one decision sends it on its way. */
export function HeldMessage({ message, line, attempt }: HeldMessageProps) {
  const { sent = '', sentForm } = message;
  const original = sentForm === 'binary' ? binaryEditing.hex(sent) : prettyJson(sent);
  const [body, setBody] = useState(original);
  const [ms, setMs] = useState(1_000);
  const decide = (decision: Decision) => attempt(line.decide(message.number, decision));
  const edited = body !== original;
  const bytes = sentForm === 'binary' ? bytesOfHex(body) : undefined;
  const isSendable = sentForm !== 'binary' || bytes !== undefined;
  const decideEdited = () =>
    decide({ do: 'edit', ...(bytes === undefined ? { body } : { body: encodeBase64(bytes), form: 'binary' }) });
  const id = `held-${message.number}`;
  return (
    <div className="free-held">
      <p>
        <strong>{message.kind}</strong> from <Mark party={labParties[message.from]} /> {labParties[message.from].name}{' '}
        to <Mark party={labParties[message.to]} /> {labParties[message.to].name}
      </p>
      <label htmlFor={id} className="small muted">
        {sentForm === 'binary' ? 'Its bytes, a binary envelope, as hex. ' : 'Its body. '}Change anything
        {sendWords(sentForm, isSendable, body)}.
      </label>
      <textarea
        id={id}
        className="mono"
        spellCheck={false}
        rows={12}
        value={body}
        onChange={(event) => setBody(event.target.value)}
      />
      <FlipBox body={sent} form={sentForm} id={id} flip={(offset, bit) => decide({ do: 'flip', offset, bit })} />
      <div className="free-decisions">
        <button type="button" className="button button-primary" onClick={() => decide({ do: 'forward' })}>
          Forward
        </button>
        <button type="button" className="button" disabled={!edited || !isSendable} onClick={decideEdited}>
          Forward edited
        </button>
        <button type="button" className="button" onClick={() => decide({ do: 'duplicate' })}>
          Duplicate
        </button>
        <button type="button" className="button button-danger" onClick={() => decide({ do: 'drop' })}>
          Drop
        </button>
        <span className="free-delay">
          <button type="button" className="button" onClick={() => decide({ do: 'delay', ms })}>
            Delay
          </button>
          <label>
            <span className="visually-hidden">Milliseconds to delay it by</span>
            <input
              type="number"
              min={0}
              max={60_000}
              step={100}
              value={ms}
              onChange={(event) => setMs(Math.min(60_000, Math.max(0, event.target.valueAsNumber || 0)))}
            />{' '}
            ms
          </label>
        </span>
        {edited && (
          <button type="button" className="button button-quiet" onClick={() => setBody(original)}>
            Undo the edit
          </button>
        )}
      </div>
    </div>
  );
}

function sendWords(form: 'binary' | undefined, isSendable: boolean, body: string): string {
  if (form === 'binary') return isSendable ? '' : '; this is not hex, and cannot be sent';
  return isJson(body) ? '' : '; this is no longer JSON, and is sent as it is';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
