import { useEffect, useLayoutEffect } from 'react';

/** How far each place of the lab was scrolled when it was left, in pixels. */
const positions = new Map<string, number>();

/** Keeps how far the page is scrolled at `place`, and scrolls back there when the person comes back. */
export function useScrollPosition(place: string): void {
  useLayoutEffect(() => {
    // Newer browsers give a promise here, which is no clean-up.
    void window.scrollTo(0, positions.get(place) ?? 0);
  }, [place]);
  useEffect(() => {
    const keep = () => positions.set(place, window.scrollY);
    window.addEventListener('scroll', keep, { passive: true });
    return () => window.removeEventListener('scroll', keep);
  }, [place]);
}
