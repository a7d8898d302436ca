import { type KeyboardEvent, useRef } from 'react';

interface TabListProps<Tab extends string> {
  readonly label: string;
  readonly tabs: readonly (readonly [tab: Tab, word: string])[];
  readonly tab: Tab;
  readonly show: (tab: Tab) => void;
  /** The id of the element that shows what is chosen. */
  readonly panelId: string;
}

/** Shows a tab list as the ARIA practices describe it: one stop for Tab, arrows move within. */
export function TabList<Tab extends string>({ label, tabs, tab, show, panelId }: TabListProps<Tab>) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = tabs.findIndex(([name]) => name === tab) + step;
    const next = tabs.at(index % tabs.length)?.[0] ?? tab;
    show(next);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus();
  };
  return (
    <div className="tabs-list" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
      {tabs.map(([name, word]) => (
        <button
          key={name}
          type="button"
          role="tab"
          className="tab"
          data-tab={name}
          aria-selected={name === tab}
          aria-controls={panelId}
          tabIndex={name === tab ? 0 : -1}
          onClick={() => show(name)}
        >
          {word}
        </button>
      ))}
    </div>
  );
}
