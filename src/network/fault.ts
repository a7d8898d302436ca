import type { ErrorCode } from '../protocol/errors.ts';

/** Why a request got no answer, as far as the platform says it: browsers say nothing. */
export interface Fault {
  readonly code: Extract<ErrorCode, 'peer_unreachable' | 'tls_untrusted'>;
  readonly detail: string;
  /** The error that says so. */
  readonly cause: unknown;
}

/** What the error codes of a TLS certificate mean; `of` goes before them. The codes are OpenSSL's and Node's. */
const certificateFaults: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'is signed by a CA that signed itself, and that this computer does not trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is issued by a CA that this computer does not trust, or comes without its chain',
  UNABLE_TO_GET_ISSUER_CERT: 'is issued by a CA that this computer does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is issued by a CA that this computer does not know',
  CERT_UNTRUSTED: 'is issued by a CA that this computer does not trust',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet, or this computer’s clock is behind',
  CERT_REVOKED: 'is revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another host name',
  HOSTNAME_MISMATCH: 'is for another host name',
};
const trustAdvice =
  'If it is your own, trust its file: NODE_EXTRA_CA_CERTS=FILE for a program on Node, --trust FILE for the command line.';
const advice: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'Renew it on the server.',
  CERT_NOT_YET_VALID: 'Compare the clocks.',
  CERT_REVOKED: 'Ask the operator.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Use a name that the certificate has.',
  HOSTNAME_MISMATCH: 'Use a name that the certificate has.',
};

/** What other codes of Node's `fetch` mean, with the host in the place of `%`. */
const connectionFaults: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The name of % is unknown (DNS). Check its spelling.',
  EAI_AGAIN: 'The name of % cannot be looked up (DNS). Check the connection, then try again.',
  ECONNREFUSED: 'Nothing listens at %. Start the server or agent that belongs there, or correct the address.',
  ECONNRESET: 'The connection to % was closed without an answer. If it speaks HTTPS, write https://.',
  UND_ERR_SOCKET: 'The connection to % was closed without an answer. If it speaks HTTPS, write https://.',
  ETIMEDOUT: '% takes no connection: it is down, or a firewall is in between. Try again later.',
  UND_ERR_CONNECT_TIMEOUT: '% takes no connection: it is down, or a firewall is in between. Try again later.',
  EHOSTUNREACH: 'There is no route to %. Check the connection, then try again.',
  ENETUNREACH: 'There is no route to %. Check the connection, then try again.',
  ERR_SSL_WRONG_VERSION_NUMBER: '% speaks HTTP, not HTTPS. Write http:// in its address.',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: '% speaks HTTP, not HTTPS. Write http:// in its address.',
  EPROTO: '% does not speak HTTPS as this computer does. Check its address and port.',
};

/** Returns what the error of a `fetch` to `url` says of its reason; undefined when it says nothing. */
export function faultOf(error: unknown, url: string): Fault | undefined {
  const { host } = new URL(url);
  for (const cause of chainOf(error)) {
    const code = memberOf(cause, 'code');
    if (typeof code === 'string') {
      const certificate = certificateWords(code);
      if (certificate !== undefined) {
        const detail = `The TLS certificate of ${host} ${certificate}, so nothing was sent. ${advice[code] ?? trustAdvice}`;
        return { code: 'tls_untrusted', detail, cause };
      }
      const words =
        connectionFaults[code] ??
        (code.startsWith('HPE_') ? '% does not speak HTTP. Check its address and port.' : undefined);
      if (words !== undefined) return { code: 'peer_unreachable', detail: words.replace('%', host), cause };
    }
    if (memberOf(cause, 'message') === 'unexpected redirect') {
      const detail = `${host} redirects to another address, which Parley does not follow. Use the address that it leads to.`;
      return { code: 'peer_unreachable', detail, cause };
    }
  }
  return undefined;
}

function certificateWords(code: string): string | undefined {
  const known = certificateFaults[code];
  if (known !== undefined) return known;
  return /^(CERT_|ERR_TLS_CERT_|CRL_|INVALID_(CA|PURPOSE))/.test(code) ? `cannot be trusted (${code})` : undefined;
}

/** Returns an error and what caused it, five levels at most. */
function chainOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let cause = error; cause !== undefined && chain.length < 5; cause = memberOf(cause, 'cause')) chain.push(cause);
  return chain;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
