import { useState } from 'react';
import type { AuditHeadView } from '../../agent/contracts/history-views.ts';
import { FailureLine } from '../design/failure-line.tsx';
import { formatCount } from '../design/format.ts';
import { saveFile } from '../design/save-file.ts';
import { useHosted } from '../state/hosted.ts';
import { useTask } from '../state/use-task.ts';
import type { Disclosures } from './disclosures.ts';

interface AuditExportProps {
  readonly head: AuditHeadView;
  readonly disclosures: Disclosures;
}

/** Saves the trail as a file that anybody can check, and says what is in it and what is not. */
export function AuditExport({ head, disclosures }: AuditExportProps) {
  const { engine, agentId } = useHosted();
  const { isAtWork, failure, run } = useTask();
  const [done, setDone] = useState('');
  const { chosen, toggle, exported } = disclosures;
  const save = () => {
    setDone('');
    return run(async () => {
      saveFile(`${agentId}.audit.json`, 'application/json', await engine.exportAudit(chosen));
      exported(chosen);
      setDone(`The file is in your downloads, with ${formatCount(chosen.length, 'message')} disclosed.`);
    });
  };
  return (
    <details className="audit-export">
      <summary>Export a proof for somebody else</summary>
      <div className="audit-export-body">
        <p>
          The file holds all {formatCount(head.length - (head.deleted ?? 0), 'entry', 'entries')}: the certificates, the
          signed handshake messages, and of each message its sender’s signature, its time and a commitment to its
          content. With <code>parley verify</code>, or with <code>openssl</code> and the documented steps, whoever
          trusts the Controller can check that a peer signed exactly these encrypted messages and when, and that no
          entry was altered, moved or taken out from among the others.
        </p>
        <p>
          It cannot prove that nothing was cut off at the end: for that, give the head to somebody in time. The content
          of a disclosed message is this agent’s statement, fixed in the trail when the message was sent.
        </p>
        <p>
          It shows with whom this agent communicated, when and how often. It holds no content of messages, except of
          those that you disclose: open the entry of a message to choose it.
        </p>
        <p>
          <strong>{chosen.length === 0 ? 'No message is disclosed.' : 'Disclosed in the clear:'}</strong>{' '}
          {chosen.map((index) => (
            <button
              key={index}
              type="button"
              className="copy-button"
              aria-label={`Do not disclose entry ${index}`}
              onClick={() => toggle(index)}
            >
              {index} <span aria-hidden="true">✕</span>
            </button>
          ))}
        </p>
        <p>
          <button type="button" className="button button-primary" disabled={isAtWork} onClick={() => void save()}>
            {isAtWork ? 'Writing the file' : 'Save the file'}
          </button>
        </p>
        <p role="status">{done}</p>
        {failure !== undefined && <FailureLine failure={failure} />}
      </div>
    </details>
  );
}
