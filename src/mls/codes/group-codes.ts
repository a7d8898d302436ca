/** What the room `mls/group` refuses, with the section that says so. */
export const groupCodes = {} as const;
