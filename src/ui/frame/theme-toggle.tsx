import { useTheme } from './theme.ts';

/** Switches between light and dark, and keeps the choice. */
export function ThemeToggle() {
  const theme = useTheme((state) => state.theme);
  const toggle = useTheme((state) => state.toggle);
  const next = theme === 'dark' ? 'light' : 'dark';
  return (
    <button type="button" className="button button-quiet" onClick={toggle} title={`Switch to ${next}`}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4Z" fill="currentColor" />
      </svg>
      <span className="visually-hidden">Switch to {next}</span>
    </button>
  );
}
