import { type RefObject, useEffect } from 'react';
import { navigate } from 'wouter/use-browser-location';

/** Where `g` and a letter can go. */
export type Destination =
  | 'home'
  | 'lab'
  | 'trace'
  | 'groups'
  | 'peers'
  | 'sessions'
  | 'traffic'
  | 'search'
  | 'audit'
  | 'history'
  | 'conversation'
  /** Where a message is written. */
  | 'box'
  | 'handshake'
  | 'wire';

/** A place inside an agent. */
export type AgentDestination = Exclude<Destination, 'home' | 'lab' | 'trace'>;
type Guide = (place: AgentDestination) => void;

const guides = new Map<RefObject<HTMLElement | null>, Guide>();

/** Goes to a place: home, the lab and saved traces always, the others in the agent that has the focus, or else the first one on screen. */
export function goTo(place: Destination): void {
  if (place === 'home') {
    navigate('/');
    return;
  }
  if (place === 'lab' || place === 'trace') {
    navigate(`/${place}`);
    return;
  }
  const all = [...guides];
  const focused = all.find(([area]) => area.current?.contains(document.activeElement));
  const guide = focused ?? all[0];
  guide?.[1](place);
}

/** Says how to go to places within `area` as long as the component is on screen. */
export function useGuide(area: RefObject<HTMLElement | null>, guide: Guide): void {
  useEffect(() => {
    guides.set(area, guide);
    return () => void guides.delete(area);
  }, [area, guide]);
}
