import { useEffect, useState } from 'react';
import type { Review } from '../../../engine/inspector/api.ts';
import { theInspector } from '../../../engine/inspector/client.ts';
import type { MessageName } from '../../../protocol/trace/events.ts';
import { wordsOfCheck } from '../../../recording/check-words.ts';
import { failureOf } from '../../state/failure.ts';
import { stepOf } from '../steps/work-step.ts';
import { StepList } from '../steps/work-steps.tsx';
import { binaryEditing, jsonEditing } from './editing.ts';
import type { ShownMessage } from './shown-message.ts';
import { SideBySide } from './side-by-side.tsx';

/** Bytes of a body that a wire log keeps. */
const keptBytes = 16 * 1_024;

/** Changes a copy of a received message and runs the receiver's checks on it, to see which one fails first. */
export function VerifyAgain({ message, body, form, size, sender, at, recording, member }: ShownMessage) {
  const editing = form === 'binary' ? binaryEditing : jsonEditing;
  const [copy, setCopy] = useState(body);
  /** What is typed and stands for no value of the member yet. */
  const [draft, setDraft] = useState<{ readonly member: string; readonly text: string }>();
  const isCut = (size ?? 0) > keptBytes;
  const [review, setReview] = useState<Review | string>();
  useEffect(() => {
    let gone = false;
    setReview(undefined);
    theInspector()
      .review({
        ...{ message, copy, genuine: body, at, isCut },
        ...(form === undefined ? {} : { form }),
        ...earlierBodies(recording, sender),
      })
      .then(
        (found) => !gone && setReview(found),
        (cause: unknown) => !gone && setReview(failureOf(cause).detail),
      );
    return () => {
      gone = true;
    };
  }, [message, copy, body, form, isCut, sender, at, recording]);
  const changed = copy !== body;
  const bit = member === undefined ? undefined : editing.differing(body, copy, member);
  const typed = draft?.member === member ? draft?.text : undefined;
  const change = (path: string, text: string) => {
    const next = editing.write(copy, path, text);
    setDraft(next === undefined ? { member: path, text } : undefined);
    if (next !== undefined) setCopy(next);
  };
  const replace = (next: string) => {
    setDraft(undefined);
    setCopy(next);
  };
  return (
    <div className="message-again">
      <p className="small">
        This is a copy: nothing is sent. Change it, and the receiver’s own checks run on it, as if it had arrived then.
      </p>
      {member === undefined ? (
        <p className="muted small">Select a member to change it.</p>
      ) : (
        <div className="message-edit">
          <label>
            <span>
              <code>{member}</code> in the copy
            </span>
            <textarea
              className="mono"
              rows={3}
              spellCheck={false}
              value={typed ?? editing.read(copy, member)}
              onChange={(event) => change(member, event.target.value)}
            />
          </label>
          <button type="button" className="button" onClick={() => replace(editing.flip(copy, member))}>
            Flip a bit
          </button>
          <button type="button" className="button button-quiet" disabled={!changed} onClick={() => replace(body)}>
            Undo all
          </button>
        </div>
      )}
      {typed !== undefined && <p className="small message-bad">{editing.refusal}</p>}
      {bit !== undefined && (
        <p className="small">
          Flipped in <code>{member}</code>: {bit}.
        </p>
      )}
      <Found review={review} changed={changed} />
      {changed && <SideBySide before={body} after={copy} form={form} />}
    </div>
  );
}

function Found({ review, changed }: { readonly review: Review | string | undefined; readonly changed: boolean }) {
  if (review === undefined) return <p className="muted">Checking</p>;
  if (typeof review === 'string') return <p className="message-bad">{review}</p>;
  const steps = review.events.map(stepOf).filter((step) => step !== undefined);
  const failed = review.events.find((event) => event.kind === 'check' && event.outcome === 'failed');
  return (
    <div role="status">
      <p className="message-outcome" data-refused={failed !== undefined}>
        {failed?.kind === 'check' ? (
          <strong>✕ It would have been refused: “{wordsOfCheck(failed.check, failed.of).name}” fails first.</strong>
        ) : (
          <strong>
            ✓{' '}
            {changed
              ? 'No check that can be run here fails.'
              : 'Unchanged: every check that can be run here passes. A second arrival would be refused as a replay.'}
          </strong>
        )}
      </p>
      {steps.length > 0 && <StepList steps={steps} />}
      {review.leftOut !== '' && <p className="small muted">{review.leftOut}</p>}
    </div>
  );
}

/**
 * Returns the hellos as their receivers had them, the CA, and the sender's signing key in the session that was
 * resumed.
 */
function earlierBodies({ ends, trust, formerSigningKeys }: ShownMessage['recording'], sender: string) {
  const find = (message: MessageName) => {
    for (const { events } of ends) {
      for (const event of events) if (event.kind === 'message' && event.message === message) return event.body;
    }
    return undefined;
  };
  const [clientHello, serverHello] = [find('CLIENT_HELLO'), find('SERVER_HELLO')];
  const [resumeHello, resumeAccept] = [find('RESUME_HELLO'), find('RESUME_ACCEPT')];
  const formerSigningKey = new Map(Object.entries(formerSigningKeys ?? {})).get(sender);
  return {
    ...(clientHello === undefined ? {} : { clientHello }),
    ...(serverHello === undefined ? {} : { serverHello }),
    ...(resumeHello === undefined ? {} : { resumeHello }),
    ...(resumeAccept === undefined ? {} : { resumeAccept }),
    ...(trust === undefined ? {} : { caCertificate: trust.caCertificate }),
    ...(formerSigningKey === undefined ? {} : { formerSigningKey }),
  };
}
