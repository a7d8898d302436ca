/** Characters that the passphrase of an exported history has at least: whoever gets the file can try as long as they like. */
export const shortestPassphrase = 12;

/** What is read of an exchange for the search at most: different words, and characters of all texts. */
export const searched = { words: 512, characters: 65_536 } as const;
