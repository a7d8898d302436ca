import type { ReactNode } from 'react';
import { Link } from 'wouter';
import './page-header.css';
import { isRealNetwork } from '../state/network.ts';
import { ShortcutsButton } from './keyboard-shortcuts.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

/**
 * Shows the line at the top of every page: the product's name, what the page adds, and the controls of the whole app.
 */
export function PageHeader({ children }: { readonly children?: ReactNode }) {
  return (
    <header className="page-header">
      <Link href="/" className="page-header-brand">
        <svg viewBox="0 0 32 16" width="28" height="14" aria-hidden="true">
          <path d="M12 8h8" stroke="currentColor" strokeWidth="1.6" />
          <path d="M7 1.5 13.5 8 7 14.5 0.5 8Z" fill="var(--traveller)" />
          <circle cx="25" cy="8" r="6" fill="var(--helper)" />
        </svg>
        Parley
      </Link>
      <div className="page-header-middle">{children}</div>
      <div className="page-header-end">
        <span
          className="page-header-network"
          title={
            isRealNetwork
              ? 'Agents are reached through this server’s relay, which cannot read their messages.'
              : 'Agents and the Controller run inside this browser. Nothing leaves it.'
          }
        >
          {isRealNetwork ? 'relay' : 'mock network'}
        </span>
        <ShortcutsButton />
        <ThemeToggle />
      </div>
    </header>
  );
}
