import { useId } from 'react';
import { visibleLine } from '../../../console/visible-text.ts';
import { CopyButton } from '../../design/copy-button.tsx';
import { formatBytes, formatDateTime, formatDuration, formatMoment } from '../../design/format.ts';
import { PartyMark } from '../../design/party.tsx';
import { UntrustedText } from '../../design/untrusted-text.tsx';
import { useToday } from '../../design/use-today.ts';
import { WireBodyPanel } from './wire-body-panel.tsx';
import { bodyName, exchangeAsJson, type WireRow } from './wire-model.ts';

interface WireExchangeProps {
  readonly row: WireRow;
  readonly open: boolean;
  readonly onToggle: () => void;
}

/** Shows one HTTP exchange: a line of figures that opens to both bodies. */
export function WireExchange({ row, open, onToggle }: WireExchangeProps) {
  const { entry, request, response, from, to } = row;
  const panel = useId();
  const today = useToday();
  const names = [bodyName(request), bodyName(response)].filter((name) => name !== '').join(' → ');
  return (
    <li className="wire-row">
      <div className="wire-line">
        <button
          type="button"
          data-step={entry.id}
          className="wire-toggle"
          aria-expanded={open}
          aria-controls={open ? panel : undefined}
          onClick={onToggle}
        >
          <span className="wire-figure small muted" title={formatDateTime(entry.at)}>
            {formatMoment(entry.at, today)}
          </span>
          <span className="wire-route">
            <Party agentId={from} /> <span aria-hidden="true">→</span>
            <span className="visually-hidden"> to </span> <Party agentId={to} />
          </span>
          <span className="wire-target" title={visibleLine(entry.url)}>
            <span className="small muted">{entry.method}</span> <UntrustedText text={entry.url} />
          </span>
          <span className="wire-names">
            <UntrustedText text={names} />
          </span>
          <span className="wire-figure wire-sizes">
            {formatBytes(entry.requestSize)} <span aria-hidden="true">→</span>
            <span className="visually-hidden"> sent, </span>{' '}
            {entry.responseSize === undefined ? (
              <span aria-hidden="true">–</span>
            ) : (
              <>
                {formatBytes(entry.responseSize)}
                <span className="visually-hidden"> answered</span>
              </>
            )}
          </span>
          <Outcome entry={entry} />
          <span className="wire-figure wire-duration">
            {entry.durationMs === undefined ? '' : formatDuration(entry.durationMs)}
          </span>
        </button>
        <CopyButton
          text={() => exchangeAsJson(row)}
          label={`${visibleLine(names)} of ${formatMoment(entry.at, today)} as JSON`}
        />
      </div>
      {open && (
        <div id={panel} className="wire-bodies">
          <WireBodyPanel heading="Request" body={request} size={entry.requestSize} maker={from} />
          <WireBodyPanel heading="Response" body={response} size={entry.responseSize} maker={to} />
          {entry.failure !== undefined && (
            <p className="wire-failure">
              <strong>{entry.failure.title}.</strong> <UntrustedText text={entry.failure.detail} />
            </p>
          )}
        </div>
      )}
    </li>
  );
}

function Party({ agentId }: { readonly agentId: string }) {
  if (agentId === '') return <span className="small muted">unknown</span>;
  return (
    <span className="wire-party" title={visibleLine(agentId)}>
      <PartyMark agentId={agentId} />{' '}
      <span className="wire-party-name">
        <UntrustedText text={agentId} />
      </span>
    </span>
  );
}

function Outcome({ entry }: { readonly entry: WireRow['entry'] }) {
  if (entry.failure !== undefined) return <span className="wire-status wire-refused">no answer</span>;
  if (entry.status === undefined) return <span className="wire-status small muted">under way</span>;
  return <span className={`wire-status ${entry.status < 400 ? 'wire-accepted' : 'wire-refused'}`}>{entry.status}</span>;
}
