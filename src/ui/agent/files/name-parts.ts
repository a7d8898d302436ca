/** Characters of an ending, with its dot, that is shown as one. */
const longestEnding = 12;
/** Characters before an ending, or at the end of a name without one, that are never cut off. */
const lastOfStem = 4;

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Returns a name in two parts: what may be cut where there is no room, and what never is, its ending among it. */
export function nameParts(name: string): { readonly stem: string; readonly ending: string } {
  const all = Array.from(characters.segment(name), ({ segment }) => segment);
  const dot = all.lastIndexOf('.');
  const from = dot > 0 && all.length - dot <= longestEnding ? dot : all.length;
  const cut = Math.max(0, from - lastOfStem);
  return { stem: all.slice(0, cut).join(''), ending: all.slice(cut).join('') };
}

const toTheLeft = ['Hebrew', 'Arabic', 'Syriac', 'Thaana', 'Nko', 'Samaritan', 'Mandaic', 'Adlam', 'Hanifi_Rohingya'];
const beginsToTheLeft = new RegExp(`^[^\\p{L}]*[${toTheLeft.map((script) => `\\p{Script=${script}}`).join('')}]`, 'u');

/** Returns in which direction a name is read, by its first letter: `auto` looks past what is set off from the text around it. */
export function directionOf(name: string): 'rtl' | 'ltr' {
  return beginsToTheLeft.test(name) ? 'rtl' : 'ltr';
}
