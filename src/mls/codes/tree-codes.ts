/** What the room `mls/tree` refuses, with the section that says so. */
export const treeCodes = {} as const;
