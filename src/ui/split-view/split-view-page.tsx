import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { Workspace } from '../agent/workspace/workspace.tsx';
import { PartyMark } from '../design/party.tsx';
import { PageHeader } from '../frame/page-header.tsx';
import { type AgentPlace, formatPlace, isSameView, parsePlace, startingPlace } from '../routing/agent-place.ts';
import './split-view.css';

const sides = ['traveller', 'helper'] as const;
type SplitSide = (typeof sides)[number];

const agentIds: Readonly<Record<SplitSide, string>> = { traveller: 'traveller_agent_001', helper: 'helper_agent_001' };

/** Shows Traveller and Helper on one page, each a full agent. Where there is no room for two, a switch chooses one. */
export function SplitViewPage() {
  const [search, setSearch] = useSearchParams();
  const shown: SplitSide = search.get('side') === 'helper' ? 'helper' : 'traveller';
  return (
    <div className="split-view-page">
      <title>Traveller and Helper · Parley</title>
      <PageHeader />
      <nav className="split-view-switch" aria-label="Agents on this page">
        {sides.map((side) => (
          <button
            key={side}
            type="button"
            className="split-view-switch-item"
            aria-current={side === shown ? 'page' : undefined}
            onClick={() => setSearch(changed('side', side))}
          >
            <PartyMark agentId={agentIds[side]} /> {agentIds[side]}
          </button>
        ))}
      </nav>
      <main id="main" className="split-view-main" data-shown={shown}>
        {sides.map((side) => (
          <SplitViewSide key={side} side={side} text={search.get(side) ?? ''} setSearch={setSearch} />
        ))}
      </main>
    </div>
  );
}

type Change = (before: URLSearchParams) => URLSearchParams;

interface SplitViewSideProps {
  readonly side: SplitSide;
  readonly text: string;
  readonly setSearch: (change: Change, options?: { readonly replace: boolean }) => void;
}

function SplitViewSide({ side, text, setSearch }: SplitViewSideProps) {
  const place = useMemo(() => parsePlace(text) ?? startingPlace, [text]);
  const go = useCallback(
    (next: AgentPlace) => setSearch(changed(side, formatPlace(next)), { replace: isSameView(place, next) }),
    [side, setSearch, place],
  );
  return (
    <div className="split-view-side" data-side={side}>
      <Workspace agentId={agentIds[side]} place={place} go={go} />
    </div>
  );
}

function changed(name: string, value: string): Change {
  return (before) => {
    const after = new URLSearchParams(before);
    if (value === '') after.delete(name);
    else after.set(name, value);
    return after;
  };
}
