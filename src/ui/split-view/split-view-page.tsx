import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { isAgentId } from '../../protocol/ids.ts';
import { Workspace } from '../agent/workspace/workspace.tsx';
import { PartyMark } from '../design/party.tsx';
import { ChooseAddress } from '../frame/choose-address.tsx';
import { NotFoundPage } from '../frame/not-found-page.tsx';
import { PageHeader } from '../frame/page-header.tsx';
import { UnreadMark } from '../frame/unread-mark.tsx';
import { type AgentPlace, formatPlace, isSameView, parsePlace, startingPlace } from '../routing/agent-place.ts';
import { chooseName } from '../state/chosen-names.ts';
import { useUnreadTotal } from '../state/unread.ts';
import './split-view.css';

const sides = ['left', 'right'] as const;
type SplitSide = (typeof sides)[number];
type Names = Readonly<Record<SplitSide, string>>;

interface SplitViewPageProps {
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/** Shows two agents on one page: those that the address names, else a Traveller and a Helper. */
export function SplitViewPage({ left, right }: SplitViewPageProps) {
  if (left === undefined) return <ChooseAddress choose={chooseBoth} />;
  if (right === undefined || !isAgentId(left) || !isAgentId(right) || left === right) {
    return <NotFoundPage reason="Name two different agents: /both/traveller_agent_001/helper_agent_001." />;
  }
  return <SplitView key={`${left} ${right}`} names={{ left, right }} />;
}

/** Returns the address of a Traveller and a Helper side by side. */
async function chooseBoth(): Promise<string> {
  const [left, right] = await Promise.all([chooseName('traveller'), chooseName('helper')]);
  return `/both/${left}/${right}`;
}

/** Shows two agents, each a full one. Where there is no room for two, a switch chooses one. */
function SplitView({ names }: { readonly names: Names }) {
  const [search, setSearch] = useSearchParams();
  const unread = useUnreadTotal(names.left, names.right);
  const shown: SplitSide = search.get('side') === 'right' ? 'right' : 'left';
  return (
    <div className="split-view-page">
      <title>{`${unread > 0 ? `(${unread}) ` : ''}${names.left} and ${names.right} · Parley`}</title>
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
            <PartyMark agentId={names[side]} /> {names[side]} <UnreadMark agentId={names[side]} />
          </button>
        ))}
      </nav>
      <main id="main" className="split-view-main" data-shown={shown}>
        {sides.map((side) => (
          <SplitViewSide
            key={side}
            side={side}
            agentId={names[side]}
            text={search.get(side) ?? ''}
            setSearch={setSearch}
          />
        ))}
      </main>
    </div>
  );
}

type Change = (before: URLSearchParams) => URLSearchParams;

interface SplitViewSideProps {
  readonly side: SplitSide;
  readonly agentId: string;
  readonly text: string;
  readonly setSearch: (change: Change, options?: { readonly replace: boolean }) => void;
}

function SplitViewSide({ side, agentId, text, setSearch }: SplitViewSideProps) {
  const place = useMemo(() => parsePlace(text) ?? startingPlace, [text]);
  const go = useCallback(
    (next: AgentPlace, { replace }: { readonly replace: boolean } = { replace: false }) =>
      setSearch(changed(side, formatPlace(next)), { replace: replace || isSameView(place, next) }),
    [side, setSearch, place],
  );
  return (
    <div className="split-view-side" data-side={side}>
      <Workspace agentId={agentId} place={place} go={go} />
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
