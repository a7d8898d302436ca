import { asParleyError, toProblem } from '../protocol/errors.ts';

/** The RFC 9457 answer to a refusal, with Retry-After where the refusal names a time. */
export function problemResponse(error: unknown): Response {
  const refusal = asParleyError(error);
  return new Response(JSON.stringify(toProblem(refusal)), {
    status: refusal.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(refusal.retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(refusal.retryAfter)) }),
    },
  });
}
