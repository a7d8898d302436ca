import type { KeyboardEvent } from 'react';

/** Moves the focus by an arrow key to the nearest `[data-node]` in its direction; Escape calls `close`. */
export function moveToNearest(event: KeyboardEvent<HTMLElement>, close: () => void): void {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return;
  if (event.key === 'Escape') {
    close();
    return;
  }
  const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
  if (way === undefined || target.dataset.node === undefined) return;
  event.preventDefault();
  const [dx = 0, dy = 0] = way;
  const here = target.getBoundingClientRect();
  let best: HTMLElement | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const other of event.currentTarget.querySelectorAll<HTMLElement>('[data-node]')) {
    const there = other.getBoundingClientRect();
    const [x, y] = [
      there.x + there.width / 2 - here.x - here.width / 2,
      there.y + there.height / 2 - here.y - here.height / 2,
    ];
    const along = x * dx + y * dy;
    const across = Math.abs(x * dy) + Math.abs(y * dx);
    const cost = along + 2 * across;
    if (along > 4 && cost < least) [best, least] = [other, cost];
  }
  best?.focus();
}
