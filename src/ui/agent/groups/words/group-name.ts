/** Characters of a group's name at most (groups page, section 5). */
const longest = 100;

/** Returns what is wrong with the name of a group; undefined for one that is right: 1 to 100 characters, none of them unseen. */
export function problemOfName(name: string): string | undefined {
  const { length } = [...name];
  if (length === 0) return 'Give the group a name.';
  if (length > longest) return `A name has at most ${longest} characters; this one has ${length}.`;
  return /[\p{Cc}\p{Cs}\p{Bidi_Control}]/u.test(name)
    ? 'This name has a character that is not shown, or that turns the direction of writing.'
    : undefined;
}
