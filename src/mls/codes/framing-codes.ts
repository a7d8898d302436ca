/** What the room `mls/framing` refuses, with the section that says so. */
export const framingCodes = {} as const;
