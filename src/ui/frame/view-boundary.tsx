import { Component, type ReactNode } from 'react';
import { ViewFailed } from './view-failed.tsx';

interface ViewBoundaryProps {
  readonly children: ReactNode;
  /** Called before the children are drawn again. */
  readonly retry: () => void;
}

/** Shows what became of a view in the view's own place, when it could not be loaded or drawn. */
export class ViewBoundary extends Component<ViewBoundaryProps, { readonly failed?: { readonly cause: unknown } }> {
  override state: { readonly failed?: { readonly cause: unknown } } = {};

  static getDerivedStateFromError(cause: unknown) {
    return { failed: { cause } };
  }

  readonly #retry = () => {
    this.props.retry();
    this.setState({ failed: undefined });
  };

  override render() {
    const { failed } = this.state;
    return failed === undefined ? this.props.children : <ViewFailed cause={failed.cause} retry={this.#retry} />;
  }
}
