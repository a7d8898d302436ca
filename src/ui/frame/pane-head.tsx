import type { ReactNode } from 'react';
import type { Section } from '../routing/agent-place.ts';
import './pane-head.css';

interface PaneHeadProps {
  readonly heading: string;
  /** Where its keys lead to: the heading takes the focus then. */
  readonly section: Section;
  /** How it stands, in a few words. */
  readonly status?: ReactNode;
  /** What can be done with all of it. */
  readonly children?: ReactNode;
}

/** Shows the line at the top of a pane in an agent's middle. */
export function PaneHead({ heading, section, status, children }: PaneHeadProps) {
  return (
    <header className="pane-head">
      <h2 data-section={section} tabIndex={-1}>
        {heading}
      </h2>
      <output className="muted">{status}</output>
      {children}
    </header>
  );
}
