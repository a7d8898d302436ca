import { useState } from 'react';
import type { LabMessage, LabParty } from '../../lab/run/scenario.ts';
import type { Recording } from '../../recording/recording.ts';
import { formatBytes } from '../design/format.ts';
import { Mark } from '../design/party.tsx';
import { handleStepKeys } from '../design/step-keys.ts';
import { MessageView } from '../inspector/message/message-view.tsx';
import './line-diagram.css';
import { AlteredMembers } from './altered-members.tsx';
import { arrivedBody } from './arrived-body.ts';
import { labParties } from './party-of-lab.ts';

interface LineDiagramProps {
  readonly messages: readonly LabMessage[];
  /** The session that was attacked, for what a message's signature covers. */
  readonly recording?: Recording | undefined;
}

/** Shows three lifelines: the agents, and the attacker between them. It is a list, and reads as one. */
export function LineDiagram({ messages, recording }: LineDiagramProps) {
  const [open, setOpen] = useState<number>();
  if (messages.length === 0) {
    return <p className="muted">Nothing went over the line.</p>;
  }
  return (
    <section className="line" aria-label="What went over the line">
      <div className="line-heads" aria-hidden="true">
        {(['traveller', 'attacker', 'helper'] as const).map((party) => (
          <span key={party}>
            <Mark party={labParties[party]} /> {labParties[party].name}
          </span>
        ))}
      </div>
      <ol className="line-rows" onKeyDown={(event) => handleStepKeys(event, () => setOpen(undefined))}>
        {messages.map((message) => (
          <li key={message.number} className="line-row">
            <button
              type="button"
              className="line-message"
              data-step={message.number}
              data-from={message.from}
              data-to={message.to}
              data-deed={deedOf(message)}
              style={{ color: labParties[message.from].colour }}
              aria-expanded={open === message.number}
              onClick={() => setOpen(open === message.number ? undefined : message.number)}
            >
              <span className="line-label">
                <span className="line-number">{message.number}</span>
                <strong>{message.kind}</strong>
                <span className="line-route">
                  {labParties[message.from].name} <span aria-hidden="true">→</span>
                  <span className="visually-hidden"> to </span> {labParties[message.to].name}
                </span>
                {message.httpStatus !== undefined && <span className="muted">HTTP {message.httpStatus}</span>}
                <span className="muted">{formatBytes(arrivedBody(message).size)}</span>
              </span>
              <span className="line-arrows" aria-hidden="true">
                <Leg message={message} half={0} />
                <Leg message={message} half={1} />
              </span>
              {message.deed !== '' && (
                <span className="line-deed">
                  <Mark party={labParties.attacker} /> {message.deed}
                </span>
              )}
            </button>
            {message.altered.length > 0 && <AlteredMembers message={message} />}
            {open === message.number && <Bodies message={message} recording={recording} />}
          </li>
        ))}
      </ol>
    </section>
  );
}

type Deed = 'read' | 'altered' | 'dropped' | 'made';

function deedOf({ sent, delivered }: LabMessage): Deed {
  if (sent === undefined) return 'made';
  if (delivered === undefined) return 'dropped';
  return sent === delivered ? 'read' : 'altered';
}

const place: Readonly<Record<LabParty, number>> = {
  traveller: 0,
  attacker: 1,
  controller: 1,
  service: 1,
  stranger: 1,
  helper: 2,
};

/** Shows one half of the way: from Traveller to the attacker, or from the attacker to Helper. */
function Leg({ message, half }: { readonly message: LabMessage; readonly half: 0 | 1 }) {
  const [from, to] = [place[message.from], place[message.to]];
  const used = Math.min(from, to) <= half && half < Math.max(from, to);
  const rightwards = from < to;
  const first = rightwards ? half === from : half === from - 1;
  const arrives = message.delivered !== undefined || first;
  if (!used || !arrives) return <span className="line-leg" data-used="false" />;
  const cut = message.delivered === undefined;
  return (
    <span
      className="line-leg"
      data-used="true"
      data-direction={rightwards ? 'right' : 'left'}
      data-cut={cut}
      data-changed={!first && deedOf(message) === 'altered'}
    />
  );
}

function Bodies({ message, recording }: { readonly message: LabMessage; readonly recording: Recording | undefined }) {
  const [member, setMember] = useState<string>();
  const { sent, delivered, kind, from, at } = message;
  return (
    <div className="line-bodies">
      <p className="small muted">{bodyWords(sent, delivered)}</p>
      <MessageView
        message={kind}
        {...arrivedBody(message)}
        sender={from === 'helper' ? 'helper_agent_001' : from === 'traveller' ? 'traveller_agent_001' : from}
        at={at}
        recording={recording ?? { ends: [] }}
        member={member}
        onMember={setMember}
      />
    </div>
  );
}

function bodyWords(sent: string | undefined, delivered: string | undefined): string {
  if (delivered === undefined) return 'Sent, and never delivered.';
  if (sent === undefined) return 'Made by the attacker, as it was delivered.';
  return sent === delivered
    ? 'Delivered as it was sent.'
    : 'As it was delivered; what the attacker did with it stands above.';
}
