import type { Bytes } from '../../protocol/bytes.ts';
import { StreamHash } from '../../protocol/crypto/stream-hash.ts';
import type { Subtle } from '../../protocol/crypto/subtle.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import type { BodyView } from '../contracts/body-views.ts';

/** Returns what is shown of bytes that went beside a request or an answer; undefined without any. Their hash is that of a stream of them. */
export async function shownBytes(
  { subtle }: { readonly subtle: Subtle },
  bytes: Bytes | undefined,
): Promise<BodyView | undefined> {
  if (bytes === undefined) return undefined;
  const hash = new StreamHash(subtle);
  await hash.add(bytes);
  const end = await hash.end();
  return {
    kind: 'bytes',
    mediaType: 'application/octet-stream',
    state: 'whole',
    size: end.size,
    hash: encodeBase64(end.hash),
  };
}
