import type { Place, Section } from '../app/places.ts';

interface SectionBarProps {
  readonly section: Section;
  readonly sessionId: string | undefined;
  readonly go: (place: Place) => void;
}

const sections: readonly (readonly [section: Section, word: string])[] = [
  ['peers', 'Peers'],
  ['sessions', 'Sessions'],
  ['traffic', 'Traffic'],
  ['talk', 'Talk'],
];

/** Where there is room for one column, the way between its parts. */
export function SectionBar({ section, sessionId, go }: SectionBarProps) {
  return (
    <nav className="section-bar" aria-label="Parts of this agent">
      {sections.map(([name, word]) => (
        <button
          key={name}
          type="button"
          className="section-bar-item"
          aria-current={name === section ? 'page' : undefined}
          onClick={() =>
            go({ section: name, tab: 'conversation', ...(name === 'talk' && sessionId ? { sessionId } : {}) })
          }
        >
          {word}
        </button>
      ))}
    </nav>
  );
}
