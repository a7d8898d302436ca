import type { Beginning } from '../../../recording/beginning.ts';
import type { Recording } from '../../../recording/recording.ts';
import { StepList } from '../steps/work-steps.tsx';
import type { Afterwards } from './handshake-model.ts';

interface AfterwardsListProps {
  readonly afterwards: Afterwards;
  readonly wire: Recording['wire'];
  readonly beginning: Beginning;
}

/** Shows messages after the session began, in short: how many, and the checks of the latest that was recorded. */
export function AfterwardsList({ afterwards, wire, beginning }: AfterwardsListProps) {
  const total = wire.filter(({ url }) => url.endsWith('/agent/message')).length;
  if (total === 0 && afterwards.latest.length === 0) return null;
  return (
    <section className="handshake-afterwards" aria-label={`Messages after the ${beginning}`}>
      <p>
        Messages after the {beginning}: <strong className="handshake-figure">{total}</strong>{' '}
        <span className="small muted">
          {total === 1 ? 'HTTP exchange' : 'HTTP exchanges'} on the wire, {afterwards.refused} refused
        </span>
      </p>
      {afterwards.latest.length > 0 ? (
        <>
          <p className="small muted">Latest recorded checks:</p>
          <StepList steps={afterwards.latest} />
        </>
      ) : (
        <p className="small muted">
          Each one was checked for session, sender, time, signature, number and tag. A check that passes is not
          recorded, a refusal is.
        </p>
      )}
    </section>
  );
}
