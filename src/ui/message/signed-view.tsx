import { useEffect, useMemo, useState } from 'react';
import type { Recording } from '../../agent/recording.ts';
import { theInspector } from '../../engine/inspector/client.ts';
import type { MessageName } from '../../protocol/trace.ts';
import { formatBytes } from '../design/format.ts';
import { PartyMark } from '../design/party.tsx';
import { failureOf } from '../state/failure.ts';
import { bytesOfText } from './bytes.ts';
import { jsonLeaves, runsOf } from './json-ranges.ts';
import type { Selection } from './members-table.tsx';
import { signedInputs, transcriptHash } from './signed-input.ts';
import { RunText } from './text-view.tsx';

interface SignedViewProps extends Selection {
  readonly message: MessageName;
  readonly body: string;
  readonly sender: string;
  readonly recording: Pick<Recording, 'ends'>;
}

/** The exact bytes that are signed: label, transcript hash, canonical JSON; what is not under the signature is greyed. */
export function SignedView({ message, body, sender, recording, member, onMember }: SignedViewProps) {
  const canonical = useCanonical(body);
  const runs = useMemo(
    () => (canonical.text === undefined ? [] : runsOf(canonical.text, jsonLeaves(canonical.text))),
    [canonical],
  );
  const input = signedInputs[message];
  if (input === undefined) return <p className="muted">A refusal is not authenticated: nothing of it is signed.</p>;
  if (canonical.failure !== undefined) return <p className="message-bad">{canonical.failure}</p>;
  if (canonical.text === undefined) return <p className="muted">Making the canonical form</p>;
  const hash = input.transcript === undefined ? undefined : transcriptHash(recording, input.transcript);
  const isOutside = (path: string) =>
    path === input.unsigned || (input.hashed !== undefined && path.startsWith(input.hashed));
  return (
    <>
      <p className="small">
        {input.how} by <PartyMark agentId={sender} /> {sender} over exactly this ({input.source}); canonical JSON is RFC
        8785.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className="message-scroll message-text message-signed" tabIndex={0}>
        <span className="message-segment" title="The label, and one zero byte">
          {input.label}
          <span className="message-zero">00</span>
        </span>
        {input.transcript !== undefined && (
          <span className="message-segment" title={`${input.transcript}, 32 bytes`}>
            {input.transcript} = {hash ?? 'not in this recording'}
          </span>
        )}
        {runs.map(({ from, to, path }) => {
          const text = canonical.text?.slice(from, to) ?? '';
          const outside = path !== undefined && isOutside(path);
          return (
            <span key={from} className={outside ? 'message-outside' : undefined}>
              <RunText text={text} path={path} member={member} onMember={onMember} />
            </span>
          );
        })}
      </pre>
      <p className="small muted">
        Greyed and struck: <code>{input.unsigned}</code> is not signed, it is the signature.{' '}
        {input.hashed !== undefined && (
          <>
            <code>{input.hashed}</code> is in it as SHA-256(iv ‖ ciphertext ‖ tag), after the header.{' '}
          </>
        )}
        The canonical form of the whole has {formatBytes(bytesOfText(canonical.text).bytes.length)}
        {canonical.text === body ? ', and is what travelled.' : '; what travelled was written differently.'}
      </p>
    </>
  );
}

interface Canonical {
  readonly text?: string;
  readonly failure?: string;
}

/** The canonical form of a body, made in the inspector's worker. */
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
