import * as v from 'valibot';
import { baseUrlFault } from '../../http/base-url.ts';

/** Schema of a base URL: scheme, host and port, with or without a slash at its end. Its value is spelled as browsers spell an origin. */
export const baseUrl = v.pipe(
  v.string(),
  v.check(
    (text) => baseUrlFault(text) === undefined,
    ({ input }) => baseUrlFault(String(input)) ?? '',
  ),
  v.transform((text) => new URL(text).origin),
);
