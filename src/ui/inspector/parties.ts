import type { Recording } from '../../recording/recording.ts';
import { controllerParty, observerParty, type Party, partyOf } from '../design/party.tsx';
import type { PointOfView } from '../routing/agent-place.ts';

/** Everyone through whose eyes a session can be looked at, in the order of the selector. */
export const pointsOfView: readonly PointOfView[] = ['client', 'server', 'observer', 'controller'];

/** Returns how a point of view is drawn and called: an agent by its own name. */
export function partyOfView(pov: PointOfView, { session }: Pick<Recording, 'session'>): Party {
  switch (pov) {
    case 'client':
    case 'server':
      return { ...partyOf(session[pov].agentId), name: session[pov].agentId };
    case 'observer':
      return observerParty;
    case 'controller':
      return controllerParty;
  }
}
