import { UnreadMark } from '../../frame/unread-mark.tsx';
import type { AgentPlace, Section } from '../../routing/agent-place.ts';
import { useHosted } from '../../state/hosted.ts';

interface SectionBarProps {
  readonly section: Section;
  /** With whom the conversation is that is shown. */
  readonly peerId: string | undefined;
  readonly go: (place: AgentPlace) => void;
}

const sections: readonly (readonly [section: Section, word: string])[] = [
  ['peers', 'Peers'],
  ['talk', 'Talk'],
  ['traffic', 'Traffic'],
  ['more', 'More'],
];
const behindMore: readonly Section[] = ['search', 'audit', 'history', 'archive'];

/** Shows the links between an agent's parts where there is room for one column. */
export function SectionBar({ section, peerId, go }: SectionBarProps) {
  const { agentId } = useHosted();
  return (
    <nav className="section-bar" aria-label={`Parts of ${agentId}`}>
      {sections.map(([name, word]) => (
        <button
          key={name}
          type="button"
          className="section-bar-item"
          aria-current={name === section || (name === 'more' && behindMore.includes(section)) ? 'page' : undefined}
          onClick={() => go({ section: name, tab: 'conversation', ...(name === 'talk' && peerId ? { peerId } : {}) })}
        >
          {word}
          {name === 'peers' && <UnreadMark agentId={agentId} />}
        </button>
      ))}
    </nav>
  );
}
