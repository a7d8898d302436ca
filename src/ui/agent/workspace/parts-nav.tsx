import type { AgentPlace, Section } from '../../routing/agent-place.ts';
import { useAgentState, useHosted } from '../../state/hosted.ts';

interface PartsNavProps {
  readonly section: Section;
  readonly go: (place: AgentPlace) => void;
}

/** Shows the links to what concerns the whole agent, all peers and all sessions. */
export function PartsNav({ section, go }: PartsNavProps) {
  const { agentId } = useHosted();
  const count = useAgentState(({ wire }) => wire.length);
  return (
    <nav className="workspace-parts" aria-label={`Traffic, search, audit trail and history of ${agentId}`}>
      {parts.map(({ section: name, word, words, also }) => (
        <button
          key={name}
          type="button"
          className="workspace-part"
          aria-current={section === name || section === also ? 'page' : undefined}
          onClick={() => go({ section: name, tab: 'conversation' })}
        >
          {word}
          {name === 'traffic' && <span className="panel-count">{count}</span>}
          <span className="workspace-part-words">{words}</span>
        </button>
      ))}
    </nav>
  );
}

interface Part {
  readonly section: Section;
  readonly word: string;
  /** What it is for, said where there is room. */
  readonly words: string;
  /** Another section that belongs to it. */
  readonly also?: Section;
}

const parts: readonly Part[] = [
  { section: 'traffic', word: 'Traffic', words: 'All requests and handshakes, as they were sent' },
  { section: 'search', word: 'Search', words: 'Find words in every stored conversation' },
  { section: 'audit', word: 'Audit trail', words: 'A hash chain of what happened, which shows every change' },
  {
    section: 'history',
    word: 'History',
    words: 'What is stored and for how long, storage, backup and archives',
    also: 'archive',
  },
];
