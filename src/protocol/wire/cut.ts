/**
 * Returns the first `most` UTF-16 code units of a text, for what is only shown or noted. Always well-formed: a
 * surrogate that the cut, or whoever wrote the text, has left alone becomes U+FFFD, since canonical JSON has no place
 * for it (protocol page, section 1).
 */
export function cutText(text: string, most: number): string {
  return text.slice(0, most).toWellFormed();
}
