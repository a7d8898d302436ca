import { toldToOthers, toProblem } from '../protocol/errors.ts';

/** Returns the RFC 9457 answer to a refusal: what others may be told of it, with Retry-After where it names a time. */
export function problemResponse(error: unknown): Response {
  const told = toldToOthers(error);
  const problem = toProblem(told);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(told.retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(told.retryAfter)) }),
    },
  });
}
