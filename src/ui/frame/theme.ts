import { create } from 'zustand';
import { isStorageRefusal } from '../state/storage-refusal.ts';

export type Theme = 'light' | 'dark';

const storageKey = 'parley:theme';

interface ThemeState {
  readonly theme: Theme;
  toggle(): void;
}

/** Holds the theme on screen: the person's choice, or the system's as long as there is none. */
export const useTheme = create<ThemeState>((set, get) => ({
  theme: initialTheme(),
  toggle: () => {
    const theme = get().theme === 'dark' ? 'light' : 'dark';
    remember(theme);
    document.documentElement.dataset.theme = theme;
    set({ theme });
  },
}));

/** Stores the theme; where the browser lets this site store nothing, the choice holds for this page. */
function remember(theme: Theme): void {
  try {
    localStorage.setItem(storageKey, theme);
  } catch (cause) {
    if (!isStorageRefusal(cause)) throw cause;
  }
}

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
systemIsDark.addEventListener('change', () => useTheme.setState({ theme: initialTheme() }));

function initialTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
