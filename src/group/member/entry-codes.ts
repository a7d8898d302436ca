/** Why an entry is skipped that neither MLS nor the rules of a commit refuse, with the section of the groups page that says so. */
export const entryCodes = {
  /** The content of the message is not what the entry's kind says. */
  kind_mismatch: '4',
  /** An own entry that was made for another epoch than the one at its place. */
  made_for_another_epoch: '4',
} as const;

/** A code of `entryCodes`. */
export type EntryCode = keyof typeof entryCodes;
