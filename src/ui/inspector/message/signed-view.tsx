import { useEffect, useMemo, useState } from 'react';
import { theInspector } from '../../../engine/inspector/client.ts';
import type { MessageName } from '../../../protocol/trace/events.ts';
import type { Recording } from '../../../recording/recording.ts';
import { formatBytes } from '../../design/format.ts';
import { PartyMark } from '../../design/party.tsx';
import { failureOf } from '../../state/failure.ts';
import { jsonLeaves, runsOf } from '../wire/json-ranges.ts';
import { bytesOfText } from './bytes.ts';
import type { Selection } from './members-table.tsx';
import { type SignedInput, signedInputs, transcriptHash } from './signed-input.ts';
import { RunText } from './text-view.tsx';

interface SignedViewProps extends Selection {
  readonly message: MessageName;
  readonly body: string;
  readonly sender: string;
  readonly recording: Pick<Recording, 'ends'>;
}

/**
 * Shows the exact bytes under each signature and code: label, transcript hash, canonical JSON; what is not under it
 * is greyed.
 */
export function SignedView({ message, body, sender, recording, member, onMember }: SignedViewProps) {
  const canonical = useCanonical(body);
  const runs = useMemo(
    () => (canonical.text === undefined ? [] : runsOf(canonical.text.length, jsonLeaves(canonical.text))),
    [canonical],
  );
  const inputs = signedInputs[message];
  if (inputs === undefined) return <p className="muted">A refusal is not authenticated: nothing of it is signed.</p>;
  if (canonical.failure !== undefined) return <p className="message-bad">{canonical.failure}</p>;
  if (canonical.text === undefined) return <p className="muted">Making the canonical form</p>;
  return (
    <>
      {inputs.map((input) => (
        <SignedBytes
          key={input.unsigned}
          input={input}
          sender={sender}
          hash={input.transcript === undefined ? undefined : transcriptHash(recording, input.transcript)}
          canonical={input.isHashed ? '' : (canonical.text ?? '')}
          runs={input.isHashed ? [] : runs}
          member={member}
          onMember={onMember}
        />
      ))}
      <p className="small muted">
        The canonical form of the whole has {formatBytes(bytesOfText(canonical.text).bytes.length)}
        {canonical.text === body ? ', and was sent in this form.' : '; the sent form was different.'}
      </p>
    </>
  );
}

interface SignedBytesProps extends Pick<Selection, 'member' | 'onMember'> {
  readonly input: SignedInput;
  readonly sender: string;
  /** The transcript hash in the input, where it is recorded. */
  readonly hash: string | undefined;
  readonly canonical: string;
  readonly runs: ReturnType<typeof runsOf>;
}

/** Shows one signature or code of a message: who made it, and over what. */
function SignedBytes({ input, sender, hash, canonical, runs, member, onMember }: SignedBytesProps) {
  const { how, source, label, transcript, unsigned, later, hashed, isHashed } = input;
  const isOutside = (path: string) =>
    path === unsigned || path === later || (hashed !== undefined && path.startsWith(hashed));
  return (
    <>
      <p className="small">
        <code>{unsigned}</code>: {how} by <PartyMark agentId={sender} /> {sender} over exactly this ({source});
        canonical JSON is RFC 8785.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className="message-scroll message-text message-signed" tabIndex={0}>
        <span className="message-segment" title="The label, and one zero byte">
          {label}
          <span className="message-zero">00</span>
        </span>
        {transcript !== undefined && (
          <span className="message-segment" title={`${transcript}, 32 bytes`}>
            {transcript} = {hash ?? 'not in this recording'}
          </span>
        )}
        {runs.map(({ from, to, path }) => {
          const outside = path !== undefined && isOutside(path);
          return (
            <span key={from} className={outside ? 'message-outside' : undefined}>
              <RunText text={canonical.slice(from, to)} path={path} member={member} onMember={onMember} />
            </span>
          );
        })}
      </pre>
      <p className="small muted">
        {isHashed ? (
          <>
            The message is in it by the transcript hash, which covers every member but <code>{unsigned}</code>.
          </>
        ) : (
          <>
            Greyed and struck, so not under it: <code>{unsigned}</code> itself
            {later !== undefined && (
              <>
                , and <code>{later}</code>, which is added later
              </>
            )}
            .
          </>
        )}{' '}
        {hashed !== undefined && (
          <>
            <code>{hashed}</code> is in it as SHA-256(iv ‖ ciphertext ‖ tag), after the header.
          </>
        )}
      </p>
    </>
  );
}

interface Canonical {
  readonly text?: string;
  readonly failure?: string;
}

/** Returns the canonical form of a body, made in the inspector's worker. */
export function useCanonical(body: string): Canonical {
  const [canonical, setCanonical] = useState<Canonical>({});
  useEffect(() => {
    let gone = false;
    setCanonical({});
    theInspector()
      .canonical(body)
      .then(
        (text) => !gone && setCanonical({ text }),
        (cause: unknown) => !gone && setCanonical({ failure: failureOf(cause).detail }),
      );
    return () => {
      gone = true;
    };
  }, [body]);
  return canonical;
}
