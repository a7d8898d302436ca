import { useEffect } from 'react';
import { partyOf, shapePaths } from '../design/party.tsx';
import { useTheme } from './theme.ts';

interface TabIconProps {
  readonly agentId: string;
  readonly isUnread: boolean;
}

/** Gives the browser's tab the mark of an agent as long as it is on the page, with a dot when something is unread. */
export function TabIcon({ agentId, isUnread }: TabIconProps) {
  const theme = useTheme((state) => state.theme);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each theme has colours of its own.
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (link === null) return;
    const before = link.href;
    link.href = `data:image/svg+xml,${encodeURIComponent(drawing(agentId, isUnread))}`;
    return () => {
      link.href = before;
    };
  }, [agentId, isUnread, theme]);
  return null;
}

/** Returns the icon as an SVG document of 16 by 16. */
function drawing(agentId: string, isUnread: boolean): string {
  const { shape, colour } = partyOf(agentId);
  const [mark, ground, dot] = resolved(colour, 'var(--surface)', 'var(--bad)');
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">',
    `<rect width="16" height="16" rx="3.5" fill="${ground}"/>`,
    `<path transform="translate(2 2)" fill="${mark}" fill-rule="evenodd" d="${shapePaths[shape]}"/>`,
    isUnread ? `<circle cx="12.5" cy="3.5" r="3.5" stroke="${ground}" fill="${dot}"/>` : '',
    '</svg>',
  ].join('');
}

/** Returns what these colours are in the theme of the page. */
function resolved(...colours: readonly string[]): readonly string[] {
  const probe = document.createElement('span');
  document.body.append(probe);
  const found = colours.map((colour) => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return found;
}
