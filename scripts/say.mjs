/**
 * Says in a sentence what is being done.
 *
 * @param {string} sentence
 */
export function say(sentence) {
  process.stdout.write(`parley: ${sentence}\n`);
}

/** Something that a person has to know or do; it is shown without a stack trace. */
export class Stop extends Error {}
