/**
 * Stands in for `tldts` in the built page. MSW's cookie jar asks it which domains are public suffixes, by a list that
 * weighs more than the rest of MSW; the mock network carries no cookies, so no name ever has to be looked up.
 */
export function getDomain(): null {
  return null;
}
