import type { WireView } from '../../../agent/contracts/views.ts';
import { decodeIfBase64 } from '../../../protocol/wire/base64.ts';
import { envelopeTypes } from '../../../protocol/wire/envelope-form.ts';

/** Returns a text as one word of a POSIX shell. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Returns the request as a command of a POSIX shell that sends it again by `curl`; undefined when its body was cut. A binary envelope is
 * written as base64, which `base64 -d` turns into its bytes: no shell holds a zero byte in a word.
 */
export function asCurl({ method, url, requestBody, requestForm, requestSize }: WireView): string | undefined {
  const type = shellWord(`content-type: ${envelopeTypes[requestForm ?? 'json']}`);
  const curl = ['curl', '-X', method, shellWord(url), '-H', type].join(' ');
  if (requestForm === 'binary') {
    if (decodeIfBase64(requestBody)?.length !== requestSize) return undefined;
    return `base64 -d <<'${endOfBody}' | ${curl} --data-binary @-\n${inLines(requestBody)}\n${endOfBody}\n`;
  }
  if (new TextEncoder().encode(requestBody).length !== requestSize) return undefined;
  return requestBody === '' ? curl : `${curl} --data-raw ${shellWord(requestBody)}`;
}

/** Ends the lines of base64, none of which has an underscore. */
const endOfBody = 'END_OF_BODY';

/** Returns base64 in lines as short as every decoder takes. */
function inLines(base64: string): string {
  return base64.replace(/.{76}(?=.)/g, '$&\n');
}
