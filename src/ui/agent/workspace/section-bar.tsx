import { UnreadMark } from '../../frame/unread-mark.tsx';
import { type AgentPlace, type Section, talkPlace } from '../../routing/agent-place.ts';
import { useHosted } from '../../state/hosted.ts';

interface SectionBarProps {
  readonly section: Section;
  /** The conversation that is shown, by its name in the history. */
  readonly conversation: string | undefined;
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
export function SectionBar({ section, conversation, go }: SectionBarProps) {
  const { agentId } = useHosted();
  return (
    <nav className="section-bar" aria-label={`Parts of ${agentId}`}>
      {sections.map(([name, word]) => (
        <button
          key={name}
          type="button"
          className="section-bar-item"
          aria-current={name === section || (name === 'more' && behindMore.includes(section)) ? 'page' : undefined}
          onClick={() =>
            go(
              name === 'talk' && conversation !== undefined
                ? talkPlace(conversation)
                : { section: name, tab: 'conversation' },
            )
          }
        >
          {word}
          {name === 'peers' && <UnreadMark agentId={agentId} />}
        </button>
      ))}
    </nav>
  );
}
