import { type ReactNode, useLayoutEffect, useRef } from 'react';
import './overlay-notice.css';

interface OverlayNoticeProps {
  /** What it is about, for those who do not see it. */
  readonly label: string;
  readonly tone: 'bad' | 'warn';
  /** Takes it away. Whatever it is about must stay visible elsewhere for as long as it lasts. */
  readonly close: () => void;
  readonly children: ReactNode;
}

/**
 * Shows a notice over what stands below its place: nothing moves when it comes or goes. When it goes while the keyboard is in it, the
 * keyboard goes to the element that can have it and follows the notice; where there is none, to the button before the notice.
 */
export function OverlayNotice({ label, tone, close, children }: OverlayNoticeProps) {
  const overlay = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { current } = overlay;
    // Without this the browser gives the keyboard to the whole page.
    return () => {
      if (current?.contains(document.activeElement)) beside(current)?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <div className="overlay" ref={overlay}>
      <section className={`overlay-notice overlay-notice-${tone}`} aria-label={label}>
        <div className="overlay-notice-said">{children}</div>
        <button type="button" className="button button-quiet overlay-close" title="Close this notice" onClick={close}>
          <span aria-hidden="true">✕</span>
          <span className="visually-hidden">Close this notice</span>
        </button>
      </section>
    </div>
  );
}

/** Returns what gets the keyboard after a notice; undefined where nothing beside it can have it. */
function beside(overlay: HTMLElement): HTMLElement | undefined {
  for (let next = overlay.nextElementSibling; next !== null; next = next.nextElementSibling) {
    if (next instanceof HTMLElement && next.matches('[tabindex]')) return next;
  }
  const before = overlay.previousElementSibling;
  return before instanceof HTMLButtonElement ? before : undefined;
}
