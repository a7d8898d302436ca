import type { EpochView } from '../../../agent/contracts/group-views.ts';
import { formatDateTime } from '../../design/format.ts';
import { PartyMark } from '../../design/party.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { beginningWords, pathWords, recipientsOf } from './words.ts';

/** Shows what the commit of an epoch did: how many secrets it renewed, and for whom each was encrypted. */
export function CommitPanel({ view }: { readonly view: EpochView }) {
  const { epoch, by, at, index, path } = view;
  return (
    <section className="group-panel" data-of="commit" aria-label={`The commit of epoch ${epoch}`}>
      <h3>
        <PartyMark agentId={by} /> Epoch {epoch}
      </h3>
      <p>
        <UntrustedText text={beginningWords(view)} />.{' '}
        <span className="muted">
          {formatDateTime(at * 1_000)}, entry {index} of the log.
        </span>
      </p>
      <p>{pathWords(view)}</p>
      {path.length > 0 && (
        <ol className="path-list" aria-label="Renewed secrets, from the lowest to the root">
          {path.map(({ node, encryptedTo }) => (
            <li key={node}>
              <strong>{node === view.leafCount - 1 ? `Root ${node}` : `Node ${node}`}</strong>: encrypted for{' '}
              {recipientsOf(view, encryptedTo)}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
