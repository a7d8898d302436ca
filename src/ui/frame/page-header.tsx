import type { ReactNode } from 'react';
import { Link } from 'wouter';
import './page-header.css';
import { AppControls } from './app-controls.tsx';
import { BrandMark } from './brand-mark.tsx';

/**
 * Shows the line at the top of every page: the product's name, what the page adds, and the controls of the whole app.
 */
export function PageHeader({ children }: { readonly children?: ReactNode }) {
  return (
    <header className="page-header">
      <Link href="/" className="page-header-brand">
        <BrandMark />
        Parley
      </Link>
      <div className="page-header-middle">{children}</div>
      <div className="page-header-end">
        <AppControls />
      </div>
    </header>
  );
}
