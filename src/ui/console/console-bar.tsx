import { Suspense, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useHosted } from '../state/hosted.ts';
import './console.css';
import { lazyView } from '../frame/lazy-view.tsx';
import { useConsoleKey } from './console-key.ts';
import { consoleStoreOf } from './console-store.ts';

const ConsolePanel = lazyView(async () => (await import('./console-panel.tsx')).ConsolePanel);

/** Shows the console's line at the foot of an agent: it opens by a click or a backtick, and stays open until closed. */
export function ConsoleBar() {
  const { agentId } = useHosted();
  const store = consoleStoreOf(agentId);
  const open = useStore(store, (state) => state.open);
  const button = useRef<HTMLButtonElement>(null);
  const bar = useRef<HTMLElement>(null);
  const wasOpen = useRef(open);
  useConsoleKey(bar, () => store.setState({ open: true }));
  useEffect(() => {
    if (wasOpen.current && !open) {
      // Where the line is folded away, the menu that opens it takes the focus.
      const menu = bar.current?.closest('.workspace')?.querySelector<HTMLElement>('.identity > .fold-button');
      for (const each of [menu, button.current]) each?.focus();
    }
    wasOpen.current = open;
  }, [open]);
  return (
    <section className="console" data-open={open || undefined} aria-label={`Console of ${agentId}`} ref={bar}>
      <button
        type="button"
        className="console-toggle"
        ref={button}
        aria-expanded={open}
        aria-keyshortcuts="`"
        onClick={() => store.setState({ open: !open })}
      >
        <span>
          <span aria-hidden="true">{open ? '▾' : '▸'}</span> console
        </span>
        <kbd>`</kbd>
      </button>
      {open && (
        <Suspense fallback={<p className="console-loading muted">Loading</p>}>
          <ConsolePanel store={store} />
        </Suspense>
      )}
    </section>
  );
}
