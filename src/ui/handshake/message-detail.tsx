import { CopyButton } from '../design/copy-button.tsx';
import { formatBytes } from '../design/format.ts';
import { partyColour } from '../design/party.tsx';
import { memberMeaning } from '../wire/member-kinds.ts';
import { type BodyLine, prettyJson, readWireBody } from '../wire/wire-body.ts';
import type { MessageRow } from './handshake-model.ts';
import './message-detail.css';

/** What a message carries: its members with their meaning and size, and the JSON as it was sent. */
export function MessageDetail({ row, sender }: { readonly row: MessageRow; readonly sender: string }) {
  const body = readWireBody(row.body);
  return (
    <section className="handshake-detail" aria-label={`Members of ${row.message}`}>
      {body.type === 'json' ? (
        <div
          className={body.signed ? 'handshake-signed' : undefined}
          style={body.signed ? { borderColor: partyColour(sender) } : undefined}
        >
          <table className="handshake-members">
            <caption>
              {body.signed
                ? `Members of ${row.message}. The rule marks what ${sender} signed.`
                : `Members of ${row.message}.`}
            </caption>
            <thead>
              <tr>
                <th scope="col">Member</th>
                <th scope="col" className="handshake-figure">
                  Size
                </th>
                <th scope="col">Value</th>
              </tr>
            </thead>
            <tbody>
              {body.lines.flatMap((line) =>
                line.value === undefined ? [] : [<Member key={line.path} line={line} value={line.value} />],
              )}
            </tbody>
          </table>
        </div>
      ) : (
        <p className="handshake-muted">This body is no JSON object. It is shown as it came.</p>
      )}
      <details className="handshake-json">
        <summary>JSON as sent, {formatBytes(row.size)}, indented for reading</summary>
        <CopyButton text={() => row.body} label={`${row.message} as sent`} />
        <pre>{prettyJson(row.body)}</pre>
      </details>
    </section>
  );
}

interface MemberProps {
  readonly line: BodyLine;
  readonly value: NonNullable<BodyLine['value']>;
}

function Member({ line, value }: MemberProps) {
  const text = unquoted(value.text);
  return (
    <tr className={`handshake-member-${value.kind}`}>
      <th scope="row">
        <code>{line.path}</code>
        <span className="handshake-muted">{memberMeaning(line.path)}</span>
      </th>
      <td className="handshake-figure">{value.bytes === undefined ? '' : formatBytes(value.bytes)}</td>
      <td>
        <span className="handshake-value">
          <code>{shortened(text)}</code>
          <CopyButton text={() => text} label={line.path} />
        </span>
      </td>
    </tr>
  );
}

const unquoted = (text: string) => (text.startsWith('"') ? text.slice(1, -1) : text);

const shortened = (text: string) => (text.length > 64 ? `${text.slice(0, 44)}…${text.slice(-12)}` : text);
