import type { Context } from 'hono';
import { isToken, type Token } from '../../controller/tokens.ts';
import { ParleyError } from '../../protocol/errors.ts';

/**
 * Throws `not_found` unless the request shows `token` as a Bearer, and where there is none; for a token that is wrong,
 * `not_authorized`.
 */
export async function requireMetricsReader(c: Context, token: Token | undefined): Promise<void> {
  const shown = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (token === undefined || shown === undefined) {
    throw new ParleyError('not_found', 'There is nothing at this address.');
  }
  if (await isToken(shown, [token])) return;
  throw new ParleyError('not_authorized', 'This is not the metrics token. Send the server’s token as a Bearer.');
}
