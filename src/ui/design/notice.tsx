import type { ReactNode } from 'react';
import './notice.css';

interface NoticeProps {
  readonly tone: 'plain' | 'bad' | 'warn';
  readonly heading: string;
  readonly children: ReactNode;
}

/** Shows a screen with one thing to say: what happened, what it means, what to do. */
export function Notice({ tone, heading, children }: NoticeProps) {
  return (
    <section className={`notice notice-${tone}`}>
      <h1 className="notice-heading">{heading}</h1>
      {children}
    </section>
  );
}
