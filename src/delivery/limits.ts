/** Every number of the groups page, section 4; bytes and seconds. What else is bounded is a choice of this room. */
export const deliveryLimits = {
  token: 3_600,
  tokens: 8,
  keyPackages: 100,
  keyPackage: 8 * 1_024,
  takesOfTaker: 10,
  takesOfAgent: 100,
  commitsAnHour: 120,
  newGroupsAnHour: 20,
  liveGroups: 1_000,
  entryIdMemory: 31 * 86_400,
  writer: 64 * 1_024 * 1_024,
  inboxOfWriter: 4 * 1_024 * 1_024,
  group: 256 * 1_024 * 1_024,
  message: 1_088 * 1_024,
  welcome: 1_024 * 1_024,
  entriesBody: 4 * 1_024 * 1_024,
  keyPackagesBody: 2 * 1_024 * 1_024,
  body: 16 * 1_024,
  pageEntries: 256,
  pageBytes: 4 * 1_024 * 1_024,
  keptAfterRead: 86_400,
  keptUnread: 30 * 86_400,
  holdsMessages: 7 * 86_400,
  unheard: 30 * 86_400,
  welcomeKept: 30 * 86_400,
  /** An entry without its message goes then, whoever has not read it. */
  tombstone: 60 * 86_400,
  /** Entries of one log. With more, those that everybody has read go early. */
  entries: 100_000,
  /** KeyPackages that one agent takes in an hour, of all others together. */
  takesInAll: 2_000,
  /** Groups in which an agent may have written what somebody has not read. */
  chargedGroups: 4_096,
  /** Groups of one agent that are looked through for one that it has appended to. */
  spokeIn: 256,
  /** Spans of removed members that one group remembers. */
  formerPlaces: 1_024,
} as const;

export const hour = 3_600;
