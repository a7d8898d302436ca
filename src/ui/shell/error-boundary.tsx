import { Component, type ReactNode } from 'react';
import { Notice } from '../design/notice.tsx';

/** Shows a screen instead of an empty page when drawing one failed. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <main id="main">
        <Notice tone="bad" heading="This page could not be drawn">
          <p>
            Keys and certificates are safe: they live in the browser’s storage, not on this page. Sessions that were
            open here have ended.
          </p>
          <p>
            <button type="button" className="button button-primary" onClick={() => location.reload()}>
              Load the page again
            </button>
          </p>
        </Notice>
      </main>
    );
  }
}
