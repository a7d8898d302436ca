import { useState } from 'react';
import type { AuditHeadView, AuditVerdictView } from '../../agent/contracts/history-views.ts';
import { CopyButton } from '../design/copy-button.tsx';
import { FailureLine } from '../design/failure-line.tsx';
import { formatCount, formatDateTime } from '../design/format.ts';
import { useHosted } from '../state/hosted.ts';
import { useTask } from '../state/use-task.ts';

interface AuditHeadProps {
  readonly head: AuditHeadView;
  readonly openEntry: (index: number) => void;
}

/** Shows the hash at the end of the trail, which stands for all of it, and a check of every entry. */
export function AuditHead({ head, openEntry }: AuditHeadProps) {
  const { engine } = useHosted();
  const [verdict, setVerdict] = useState<AuditVerdictView>();
  const { isAtWork, failure, run } = useTask();
  const verify = () => {
    setVerdict(undefined);
    return run(async () => setVerdict(await engine.verifyAudit()));
  };
  return (
    <div className="audit-head">
      <p className="audit-hash">
        <span className="muted" title="Whoever knows this hash can tell whether any entry before it was changed">
          head
        </span>{' '}
        <code>{head.hash}</code>
      </p>
      {head.deleted !== undefined && head.deletedAt !== undefined && (
        <p className="muted">
          {formatCount(head.deleted, 'older entry was', 'older entries were')} deleted by{' '}
          {formatDateTime(head.deletedAt)}, because the trail was too long. A signed checkpoint stands for them.
        </p>
      )}
      <p className="audit-acts">
        <CopyButton text={() => head.hash} label="the hash" />
        <button type="button" className="button" disabled={isAtWork} onClick={() => void verify()}>
          {isAtWork ? 'Verifying' : 'Verify now'}
        </button>
      </p>
      <div className="audit-verdict" role="status">
        {verdict !== undefined && <Verdict verdict={verdict} openEntry={openEntry} />}
      </div>
      {failure !== undefined && <FailureLine failure={failure} />}
    </div>
  );
}

function Verdict({ verdict, openEntry }: { readonly verdict: AuditVerdictView } & Pick<AuditHeadProps, 'openEntry'>) {
  const { brokenAt, words } = verdict;
  if (brokenAt === undefined) {
    return (
      <p className="audit-holds">
        <span aria-hidden="true">✓</span> {words}
      </p>
    );
  }
  return (
    <p className="audit-broken">
      <span aria-hidden="true">✕</span> {words}{' '}
      <button type="button" className="button" onClick={() => openEntry(brokenAt)}>
        Show entry {brokenAt}
      </button>
    </p>
  );
}
