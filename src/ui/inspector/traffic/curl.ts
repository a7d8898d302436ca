import type { WireView } from '../../../agent/contracts/views.ts';

/** Returns a text as one word of a POSIX shell. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Returns the request as a `curl` command that sends it again; undefined when its body was cut. */
export function asCurl({ method, url, requestBody, requestSize }: WireView): string | undefined {
  if (new TextEncoder().encode(requestBody).length !== requestSize) return undefined;
  const words = ['curl', '-X', method, shellWord(url), '-H', shellWord('content-type: application/json')];
  if (requestBody !== '') words.push('--data-raw', shellWord(requestBody));
  return words.join(' ');
}
