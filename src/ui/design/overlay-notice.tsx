import type { ReactNode } from 'react';
import './overlay-notice.css';

interface OverlayNoticeProps {
  /** What it is about, for those who do not see it. */
  readonly label: string;
  readonly tone: 'bad' | 'warn';
  /** Takes it away. Whatever it is about must stay visible elsewhere for as long as it lasts. */
  readonly close: () => void;
  readonly children: ReactNode;
}

/** Shows a notice over what stands below its place: nothing moves when it comes or goes. */
export function OverlayNotice({ label, tone, close, children }: OverlayNoticeProps) {
  return (
    <div className="overlay">
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
