/** What the room `mls/crypto` refuses, with the section that says so. */
export const cryptoCodes = {} as const;
