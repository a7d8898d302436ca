import { type ReactNode, useId } from 'react';
import './fold.css';

interface FoldProps {
  /** What it holds, as the button says where the content is folded away. */
  readonly label: string;
  readonly children: ReactNode;
}

/**
 * Shows its content in its place. In a narrow part of the page and in a low window the content is behind a button
 * instead, which opens it over the page.
 */
export function Fold({ label, children }: FoldProps) {
  const id = useId();
  return (
    <>
      <button
        type="button"
        className="button button-quiet fold-button"
        popoverTarget={id}
        aria-label={label}
        title={label}
      >
        <span aria-hidden="true">⋯</span>
      </button>
      <div id={id} popover="auto" className="fold">
        {children}
      </div>
    </>
  );
}
