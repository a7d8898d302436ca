import type { ReactNode } from 'react';
import { useHosted } from '../state/hosted.ts';
import { type AgentPlace, agentAddress } from './agent-place.ts';

interface PlaceLinkProps {
  readonly place: AgentPlace;
  readonly go: (place: AgentPlace) => void;
  readonly className?: string;
  /** It leads to what is shown. */
  readonly isCurrent?: boolean;
  readonly children: ReactNode;
}

/** Shows a link to a place of this agent: it stays where the agent is shown, and can be opened elsewhere or copied. */
export function PlaceLink({ place, go, className, isCurrent = false, children }: PlaceLinkProps) {
  const { agentId } = useHosted();
  return (
    <a
      className={className}
      aria-current={isCurrent ? 'page' : undefined}
      href={agentAddress(agentId, place)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go(place);
      }}
    >
      {children}
    </a>
  );
}
