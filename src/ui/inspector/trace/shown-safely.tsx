import { Component, type ReactNode } from 'react';
import { Notice } from '../../design/notice.tsx';

/** Shows a notice in place of a view that a file's content kept from being drawn. The page around it stays. */
export class ShownSafely extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Notice tone="bad" heading="This trace cannot be drawn">
        <p>The file is well formed, but its content is inconsistent. Export the trace again, or open another.</p>
      </Notice>
    );
  }
}
