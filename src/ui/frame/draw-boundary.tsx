import { Component, type ReactNode } from 'react';

interface DrawBoundaryProps {
  /** What is shown in place of the children when they could not be drawn. */
  readonly fallback: ReactNode;
  readonly children: ReactNode;
}

/** Draws its children, and what was given in their place once drawing them has failed. */
export class DrawBoundary extends Component<DrawBoundaryProps, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}
