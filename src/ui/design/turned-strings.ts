/** A letter that is written from right to left. */
const turned = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** A JSON string, also one that the text cuts off: so that each quote is looked at once, whatever follows it. */
const strings = /"((?:[^"\\]|\\.)*)(?:"|\\?$)/gsu;

/**
 * Returns where, between their quotes, the strings of a JSON text stand that have letters from right to left: without being set
 * off, two of them would change places. Takes time that grows with the length of the text only.
 */
export function turnedStrings(text: string): readonly { readonly start: number; readonly end: number }[] {
  if (!turned.test(text)) return [];
  return [...text.matchAll(strings)].flatMap(({ index, 1: inner = '' }) =>
    turned.test(inner) ? [{ start: index + 1, end: index + 1 + inner.length }] : [],
  );
}
