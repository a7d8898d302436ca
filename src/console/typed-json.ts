import { asParleyError, ParleyError } from '../protocol/errors.ts';
import { limits } from '../protocol/limits.ts';
import { isError } from '../protocol/realm.ts';
import { type JsonValue, parseJson } from '../protocol/wire/json.ts';

/** Parameters are one level below the request that carries them. */
const deepest = limits.jsonDepth - 1;
/** Characters of a text that an error repeats. */
const shown = 80;

/**
 * Returns the JSON that a person typed, read as strictly as what comes from a peer (protocol page, section 1): what is sent is what was
 * typed. Throws `invalid_input` for what is no JSON, and for JSON that says two things at once or nothing exact: a name twice in
 * one object, a number that a double cannot hold, a lone surrogate, more than 15 levels. `hint` says how to type it right.
 */
export function readTypedJson(text: string, hint = ''): JsonValue {
  if (!text.isWellFormed()) throw invalid('The text holds half of a character (a lone surrogate). Type it again.');
  try {
    return parseJson(new TextEncoder().encode(text), limits.messageBody, { depth: deepest });
  } catch (error) {
    const { code, detail, cause } = asParleyError(error);
    if (code === 'message_too_large') throw invalid('This is more than a message may have (24 MiB). Nothing was sent.');
    const reason = detail.replace(/^The JSON is refused: /, '').replace(/\.$/, '');
    if (reason !== detail.replace(/\.$/, ''))
      throw invalid(`This JSON is not sent: ${reason}. Correct it and try again.`);
    const where = isError(cause) && cause.name === 'SyntaxError' ? cause.message : reason;
    throw invalid(`${cut(text)} is not JSON: ${where}.${hint === '' ? '' : ` ${hint}`}`);
  }
}

function cut(text: string): string {
  return text.length > shown ? `“${text.slice(0, shown).toWellFormed()}…”` : `“${text}”`;
}

function invalid(detail: string): ParleyError {
  return new ParleyError('invalid_input', detail);
}
