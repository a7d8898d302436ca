import 'react';

declare module 'react' {
  /** Custom properties hand numbers from a layout to its style sheet. */
  interface CSSProperties {
    [name: `--${string}`]: string | number | undefined;
  }
}
