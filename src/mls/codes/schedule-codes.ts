/** What the room `mls/schedule` refuses, with the section that says so. */
export const scheduleCodes = {} as const;
