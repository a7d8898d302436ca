import type { Bytes } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { decodeBase64 } from '../../protocol/wire/base64.ts';
import type { JsonObject, JsonValue } from '../../protocol/wire/json.ts';
import { isObject } from '../../protocol/wire/parse.ts';

/** Members of entries whose messages show certificates. */
const hellos = ['client_hello', 'server_hello'] as const;

/** Returns the certificates in an entry that was seen or shown in a handshake, DER, by the base64 text that stands there. */
export function certificatesIn(entry: JsonObject): ReadonlyMap<string, Bytes> {
  const found = new Map<string, Bytes>();
  for (const text of textsIn(entry)) {
    const der = decoded(text);
    if (der !== undefined) found.set(text, der);
  }
  return found;
}

function textsIn(entry: JsonObject): readonly string[] {
  if (entry.kind === 'certificate') return [entry.der].filter(isText);
  return hellos.flatMap((name) => {
    const hello = entry[name];
    const pair = isObject(hello) ? hello.my_certificate : undefined;
    return isObject(pair) ? [pair.signing, pair.encryption].filter(isText) : [];
  });
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

function decoded(text: string): Bytes | undefined {
  try {
    return decodeBase64(text);
  } catch (error) {
    if (error instanceof ParleyError) return undefined;
    throw error;
  }
}
