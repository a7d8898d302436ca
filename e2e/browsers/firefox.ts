import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LaunchOptions } from '@playwright/test';

/** True where Debian's Firefox is installed. */
export const hasFirefox = existsSync('/usr/bin/firefox-esr');

/** How Playwright starts it. Pages stay in focus while another is in front. */
export const firefoxLaunchOptions: LaunchOptions = {
  executablePath: fileURLToPath(new URL('./firefox-for-playwright.mjs', import.meta.url)),
  args: [],
  firefoxUserPrefs: { 'focusmanager.testmode': true },
};

/**
 * Makes Playwright's `fill` type the text, as an init script of a page: over WebDriver BiDi it sets `value` and sends an event
 * that is not trusted, and React does not notice that.
 */
export function typeWhatIsFilled(): void {
  const insert = (text: string) => {
    document.execCommand(text === '' ? 'delete' : 'insertText', false, text);
  };
  Object.defineProperty(window, '__pw_bidiInsertText', { get: () => insert, set: () => undefined });
}
