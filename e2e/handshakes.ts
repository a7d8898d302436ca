/** The handshake messages among HTTP exchanges, each with what answered it: `CLIENT_HELLO → SERVER_HELLO`. */
export function handshakesOf(
  exchanges: readonly { readonly url: string; readonly requestBody: string; readonly responseBody: string }[],
): readonly string[] {
  return exchanges
    .filter(({ url }) => url.endsWith('/agent/handshake'))
    .map(({ requestBody, responseBody }) => `${nameIn(requestBody)} → ${nameIn(responseBody)}`);
}

function nameIn(body: string): string {
  return /"(?:message_type|code)":"(\w+)"/.exec(body)?.[1] ?? 'nothing';
}
