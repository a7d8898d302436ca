import { expect, test } from 'vitest';
import { faultOf } from './fault.ts';

const url = 'https://parley.example:8443/controller/ca';
/** An error as Node's `fetch` throws it. */
const thrown = (code: string) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('It failed.'), { code }) });

test.each([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'is self-signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'is signed by a CA that signed itself'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'is issued by a CA that this computer does not trust'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'is issued by a CA that this computer does not know'],
  ['CERT_HAS_EXPIRED', 'has expired'],
  ['CERT_NOT_YET_VALID', 'is not valid yet'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'is for another host name'],
  ['CERT_REVOKED', 'is revoked'],
  ['CERT_SIGNATURE_FAILURE', 'cannot be trusted (CERT_SIGNATURE_FAILURE)'],
])('the TLS error %s is a certificate that %s', (code, words) => {
  const error = thrown(code);
  const fault = faultOf(error, url);
  expect(fault).toMatchObject({ code: 'tls_untrusted', cause: error.cause });
  expect(fault?.detail).toContain(`The TLS certificate of parley.example:8443 ${words}`);
});

test.each([
  ['ENOTFOUND', 'is unknown (DNS)'],
  ['EAI_AGAIN', 'cannot be looked up (DNS)'],
  ['ECONNREFUSED', 'Nothing listens at parley.example:8443'],
  ['UND_ERR_SOCKET', 'was closed without an answer'],
  ['UND_ERR_CONNECT_TIMEOUT', 'takes no connection'],
  ['ENETUNREACH', 'There is no route to parley.example:8443'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'speaks HTTP, not HTTPS'],
  ['HPE_INVALID_CONSTANT', 'does not speak HTTP'],
])('the error %s says: %s', (code, words) => {
  expect(faultOf(thrown(code), url)).toMatchObject({
    code: 'peer_unreachable',
    detail: expect.stringContaining(words),
  });
});

test('an error of a browser, or one that causes itself, says nothing', () => {
  expect(faultOf(new TypeError('Failed to fetch'), url)).toBe(undefined);
  const round: { cause?: unknown } = {};
  round.cause = round;
  expect(faultOf(round, url)).toBe(undefined);
  expect(faultOf(undefined, url)).toBe(undefined);
});
