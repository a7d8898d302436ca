import { type ComponentType, lazy, useState } from 'react';
import { ParleyError } from '../../protocol/errors.ts';
import { loadFailedStyles } from './failed-styles.ts';
import { ViewBoundary } from './view-boundary.tsx';

/** Loads every view that is defined so far, and may define more. */
const loads = new Set<() => Promise<unknown>>();

/**
 * Returns a view whose code is loaded when it is first shown, or by `preloadViews`. It suspends meanwhile. A view
 * that cannot be loaded or drawn says so in its own place, with a way to try again; whatever is around it goes on.
 * Its loader throws `part_unavailable`.
 */
export function lazyView<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const begin = () => {
    let loading: Promise<{ default: ComponentType<P> }> | undefined;
    const once = () => {
      loading ??= loadFailedStyles()
        .then(load)
        .then(
          (view) => ({ default: view }),
          (cause: unknown) => {
            loading = undefined;
            throw new ParleyError('part_unavailable', 'This part of Parley could not be loaded.', { cause });
          },
        );
      return loading;
    };
    return { once, View: lazy(once) };
  };
  let current = begin();
  loads.add(() => current.once());

  return function LazyView(props: P) {
    const [, drawAgain] = useState(0);
    const { View } = current;
    const retry = () => {
      // What React has once seen fail, it does not load again.
      current = begin();
      drawAgain((count) => count + 1);
    };
    return (
      <ViewBoundary retry={retry}>
        <View {...props} />
      </ViewBoundary>
    );
  };
}

/** Loads every view, one after the other, and stops at the first that cannot be: it is loaded when it is shown. */
export async function preloadViews(): Promise<void> {
  try {
    // A view may define others: they are visited too.
    for (const load of loads) await load();
  } catch (cause) {
    if (!(cause instanceof ParleyError) || cause.code !== 'part_unavailable') throw cause;
  }
}
