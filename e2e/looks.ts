import { test } from './harness.ts';

interface Look {
  readonly width: number;
  /** For the test's title. */
  readonly look: string;
}

/** Declares tests once for light and once for dark at each width, in pixels; nothing moves. */
export function inEachLook(widths: readonly number[], declare: (look: Look) => void): void {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of widths) {
      test.describe(() => {
        test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' }, viewport: { width, height: 900 } });
        declare({ width, look: `${colorScheme}, ${width} px wide` });
      });
    }
  }
}
