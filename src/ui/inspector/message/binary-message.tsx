import { useMemo } from 'react';
import { formatBytes } from '../../design/format.ts';
import { envelopeBytes } from '../wire/envelope-parts.ts';
import { envelopeWords } from '../wire/envelope-words.ts';
import { runsOf } from '../wire/json-ranges.ts';
import { BinarySignedView } from './binary-signed-view.tsx';
import { spacedHex } from './bytes.ts';
import { HexView } from './hex-view.tsx';
import { sourceOf } from './member-facts.ts';
import { MessageFrame } from './message-frame.tsx';
import type { ShownMessage } from './shown-message.ts';
import { VerifyAgain } from './verify-again.tsx';

const decoder = new TextDecoder();

/** Shows a binary envelope as the bytes that it is, each part with its meaning (protocol page, section 4.1). */
export function BinaryMessage(props: ShownMessage) {
  const { message, body, size, sender, member, onMember } = props;
  const envelope = useMemo(() => envelopeBytes(body, size), [body, size]);
  const { bytes, parts, sizes, missing } = envelope;
  const rows = useMemo(
    () =>
      parts.map(({ path, value: { from, to }, isText }) => {
        const part = bytes.subarray(from, to);
        const source = sourceOf(path, message, 'binary');
        if (isText) return { path, text: unquoted(decoder.decode(part)), source };
        if (path === 'header_length') return { path, text: String(lengthIn(part)), size: part.length, source };
        const whole = part.length + (to === bytes.length ? missing : 0);
        return { path, text: spacedHex(part), bytes: part, size: whole, source };
      }),
    [bytes, parts, missing, message],
  );
  const spans = useMemo(
    () =>
      runsOf(
        bytes.length,
        parts.map(({ path, whole }) => ({ path, whole })),
      ),
    [bytes, parts],
  );
  return (
    <MessageFrame
      {...{ message, sender, rows, member, onMember }}
      emptyWords="These bytes are not a binary envelope. They are shown as received."
      note={
        sizes.length > 0 && (
          <p className="small muted message-note">
            {envelopeWords(sizes)} The header is the AAD; the signature covers the header and the hash of IV, ciphertext
            and tag.
            {missing > 0 && (
              <>
                {' '}
                The first {formatBytes(bytes.length)} are kept; the last {formatBytes(missing)} of the ciphertext are
                not.
              </>
            )}
          </p>
        )
      }
      views={[
        ['Hex', () => <HexView {...{ bytes, spans, member, onMember }} copyLabel={`${message} as hex`} />],
        ['Signed bytes', () => <BinarySignedView {...{ envelope, sender, member, onMember }} />],
        ['Verify again', () => <VerifyAgain {...props} />],
      ]}
    />
  );
}

const lengthIn = (part: Uint8Array) => part.reduce((sum, byte) => 256 * sum + byte, 0);
const unquoted = (text: string) => (text.startsWith('"') ? text.slice(1, -1) : text);
