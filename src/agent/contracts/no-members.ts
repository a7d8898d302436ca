/**
 * What is left of a value once each of its members has been named. `rest satisfies NoMembers` does not compile when the type has
 * a member that nobody has decided about: whether it is stored, and under which name.
 */
export type NoMembers = Readonly<Record<string, never>>;
