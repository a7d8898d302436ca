import { useMemo } from 'react';
import { jsonLeaves, runsOf } from '../wire/json-ranges.ts';
import { isBinaryMember } from '../wire/member-kinds.ts';
import { BinaryMessage } from './binary-message.tsx';
import { bytesOfBase64, bytesOfText } from './bytes.ts';
import { HexView } from './hex-view.tsx';
import { sourceOf } from './member-facts.ts';
import { MessageFrame } from './message-frame.tsx';
import type { ShownMessage } from './shown-message.ts';
import { SignedView } from './signed-view.tsx';
import { TextView } from './text-view.tsx';
import { VerifyAgain } from './verify-again.tsx';

/** Shows a message in linked views of the same bytes: a selection in one is highlighted in all. */
export function MessageView(props: ShownMessage) {
  return props.form === 'binary' ? <BinaryMessage {...props} /> : <JsonMessage {...props} />;
}

function JsonMessage(props: ShownMessage) {
  const { message, body, sender, recording, member, onMember } = props;
  const leaves = useMemo(() => jsonLeaves(body), [body]);
  const rows = useMemo(
    () =>
      leaves.map(({ path, value }) => {
        const text = unquoted(body.slice(value.from, value.to));
        const bytes = isBinaryMember(path) ? bytesOfBase64(text) : undefined;
        return { path, text, bytes, size: bytes?.length, source: sourceOf(path, message) };
      }),
    [leaves, body, message],
  );
  const selection = { leaves, member, onMember };
  return (
    <MessageFrame
      {...{ message, sender, rows, member, onMember }}
      emptyWords="This body is not a JSON object. It is shown as received."
      views={[
        ['JSON', () => <TextView {...selection} text={body} copyLabel={`${message} as sent`} />],
        ['Signed bytes', () => <SignedView {...selection} {...{ message, body, sender, recording }} />],
        ['Hex', () => <HexOfText {...selection} text={body} copyLabel={`${message} as hex`} />],
        ['Verify again', () => <VerifyAgain {...props} />],
      ]}
    />
  );
}

const unquoted = (text: string) => (text.startsWith('"') ? text.slice(1, -1) : text);

interface HexOfTextProps extends Pick<ShownMessage, 'member' | 'onMember'> {
  readonly text: string;
  readonly leaves: ReturnType<typeof jsonLeaves>;
  readonly copyLabel: string;
}

function HexOfText({ text, leaves, ...rest }: HexOfTextProps) {
  const { bytes, spans } = useMemo(() => {
    const { bytes, offsetOf } = bytesOfText(text);
    const runs = runsOf(text.length, leaves);
    return { bytes, spans: runs.map(({ from, to, path }) => ({ from: offsetOf(from), to: offsetOf(to), path })) };
  }, [text, leaves]);
  return <HexView {...rest} bytes={bytes} spans={spans} />;
}
