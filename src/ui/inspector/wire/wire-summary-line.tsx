import { formatBytes } from '../../design/format.ts';
import { ObserverMark } from '../../design/party.tsx';
import { inWords, kindWords } from './kind-words.ts';
import type { WireSummary } from './wire-model.ts';

/** Shows the one sentence of the observer's view, added up from what is there. */
export function WireSummaryLine({ summary }: { readonly summary: WireSummary }) {
  const { exchanges, bytes, kinds, unread, unknown } = summary;
  const seen = inWords(kinds.map((kind) => kindWords[kind].many));
  return (
    <p className="wire-summary">
      <ObserverMark /> An observer saw <strong>{exchanges.toLocaleString('en')}</strong>{' '}
      {exchanges === 1 ? 'HTTP exchange' : 'HTTP exchanges'}, <strong>{formatBytes(bytes)}</strong>
      {seen === '' ? '' : `: ${seen}`}. <Verdict unread={unread} unknown={unknown} />
    </p>
  );
}

function Verdict({ unread, unknown }: { readonly unread: number; readonly unknown: number }) {
  if (unread === 0 && unknown === 0) return <strong>No plaintext.</strong>;
  const parts = [
    ...(unread === 0
      ? []
      : [`${unread} ${unread === 1 ? 'body was' : 'bodies were'} not JSON or too long to read here`]),
    ...(unknown === 0 ? [] : [`${unknown} ${unknown === 1 ? 'member is' : 'members are'} not named by the protocol`]),
  ];
  return <strong className="wire-doubt">{inWords(parts)}: open them and look.</strong>;
}
