import { asParleyError } from '../../../protocol/errors.ts';
import { parseJsonText } from '../../../protocol/wire/json.ts';

/** Far deeper than any message of the protocol, and still quick to indent: 30,000 levels would fill the memory. */
const shape = { depth: 1_024, anyLeaf: true } as const;

/** Returns the JSON value of a body that anybody may have written; undefined for what is none, has a name twice or is nested deeper than 1,024 levels. */
export function bodyJson(body: string): unknown {
  try {
    return parseJsonText(body, shape);
  } catch (cause) {
    if (asParleyError(cause).code !== 'malformed_message') throw cause;
    return undefined;
  }
}
