import type { EpochView } from '../../../agent/contracts/group-views.ts';
import { formatCount } from '../../design/format.ts';
import { PartyMark } from '../../design/party.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { spansOf } from './reading.ts';
import { heldBy } from './tree-shape.ts';
import { readingWords, spanWords } from './words.ts';

interface MemberPanelProps {
  readonly epochs: readonly EpochView[];
  readonly view: EpochView;
  readonly who: string;
  readonly showEpoch: (epoch: number) => void;
  readonly close: () => void;
}

/** Shows which epochs a member, or one that was, can read and which not, and why. */
export function MemberPanel({ epochs, view, who, showEpoch, close }: MemberPanelProps) {
  const spans = spansOf(epochs, who);
  const oldest = epochs[0]?.epoch ?? 0;
  const held = heldBy(view, who).size;
  const last = spans.at(-1)?.to;
  return (
    <section className="group-panel" aria-label={who}>
      <div className="group-panel-head">
        <h3>
          <PartyMark agentId={who} /> <UntrustedText text={who} />
        </h3>
        <button type="button" className="button button-quiet" onClick={close}>
          Close
        </button>
      </div>
      <p>{readingWords(epochs, view, who)}</p>
      {held > 0 && (
        <p>
          It holds {formatCount(held, 'secret')} of this tree: its leaf’s and those above it. They are marked with a
          dot.
        </p>
      )}
      <ul className="path-list">
        {spans.map((span) => (
          <li key={span.from}>It {spanWords(span, oldest)}.</li>
        ))}
      </ul>
      {last !== undefined && last !== view.epoch && (
        <button type="button" className="button" onClick={() => showEpoch(last)}>
          Show epoch {last}, the last one it reads
        </button>
      )}
      {last !== undefined && last === view.epoch && (
        <button type="button" className="button" onClick={() => showEpoch(last + 1)}>
          Show epoch {last + 1}, which it cannot read
        </button>
      )}
    </section>
  );
}
