import { type Bytes, equalConstantTime } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { HandshakeContext } from '../../protocol/handshake/context.ts';
import { checkHelloTime } from '../../protocol/handshake/hello-checks.ts';
import { isSignedResumption } from '../../protocol/handshake/resumption/proofs.ts';
import { resumptionUnknown } from '../../protocol/handshake/resumption/record.ts';
import { Transcript } from '../../protocol/handshake/transcript.ts';
import { StepRecorder } from '../../protocol/trace/step-recorder.ts';
import { parseHandshakeObject, parseMessage } from '../../protocol/wire/parse.ts';
import { type ResumeHello, resumeAccept, resumeHello } from '../../protocol/wire/resumption-messages.ts';
import { reviewSigningKey } from './handshake.ts';

/** What a review of a resumption's message is made from. Bodies are bytes as they travelled. */
export interface ResumptionReview {
  readonly copy: Bytes;
  /** The message that was accepted: it says who the receiver was, and what it had a record of. */
  readonly genuine: Bytes;
  /** For RESUME_ACCEPT: the RESUME_HELLO that it answers. */
  readonly resumeHello?: Bytes;
  /** The sender's session signing key in the session that was resumed, 32 bytes. */
  readonly formerSigningKey?: Bytes;
}

/**
 * Runs the checks of the protocol page, section 5, that need no secret on a copy of a message, in the receiver's order and by the
 * receiver's own functions. The signature is checked when the key is given; true when it was. Rejects with the code of the first
 * check that fails; the observer of `context` hears of each.
 */
export async function reviewResumptionMessage(
  context: HandshakeContext,
  message: 'RESUME_HELLO' | 'RESUME_ACCEPT',
  review: ResumptionReview,
): Promise<boolean> {
  const steps = new StepRecorder(context.environment, context.observe, message);
  return message === 'RESUME_HELLO' ? reviewHello(context, steps, review) : reviewAccept(context, steps, review);
}

const read = (body: Bytes) => parseHandshakeObject(body);

async function reviewHello(
  context: HandshakeContext,
  steps: StepRecorder,
  { copy, genuine, formerSigningKey: key }: ResumptionReview,
): Promise<boolean> {
  const { subtle } = context.environment;
  const { json, value: hello } = await steps.check('shape', () => parseMessage(resumeHello, read(copy)));
  const expected = parseMessage(resumeHello, read(genuine)).value;
  await steps.check('recipient', () => {
    if (hello.recipient_id !== expected.recipient_id) {
      throw new ParleyError('wrong_recipient', `The receiver is not ${hello.recipient_id}.`);
    }
  });
  await checkHelloTime(context, steps, hello);
  await steps.check('resumption', () => requireRecord(hello, expected));
  if (key === undefined) return false;
  await steps.check('signature', async () => {
    const th0 = await Transcript.start(subtle);
    if (!(await isSignedResumption(subtle, key, 'resume hello', th0, json, hello.signature))) throw resumptionUnknown();
  });
  await reviewSigningKey(steps, subtle, hello.session_signing_key);
  return true;
}

/** Throws `resumption_unknown` unless the record has this id and belongs to this peer. */
function requireRecord(hello: ResumeHello, expected: ResumeHello): void {
  const isSame = equalConstantTime(hello.resumption_id, expected.resumption_id);
  if (!isSame || hello.sender_id !== expected.sender_id) throw resumptionUnknown();
}

async function reviewAccept(
  context: HandshakeContext,
  steps: StepRecorder,
  { copy, genuine, resumeHello: hello, formerSigningKey: key }: ResumptionReview,
): Promise<boolean> {
  const { subtle } = context.environment;
  const { json, value: accept } = await steps.check('shape', () => parseMessage(resumeAccept, read(copy)));
  const expected = parseMessage(resumeAccept, read(genuine)).value;
  await steps.check('session_id', () => {
    if (accept.session_id !== expected.session_id) {
      throw new ParleyError('session_conflict', 'The answer belongs to another resumption than the one it answers.');
    }
  });
  await checkHelloTime(context, steps, accept);
  if (key === undefined || hello === undefined) return false;
  await steps.check('signature', async () => {
    const tr1 = await (await Transcript.start(subtle)).with(read(hello));
    if (!(await isSignedResumption(subtle, key, 'resume accept', tr1, json, accept.signature))) {
      throw new ParleyError('signature_invalid', 'The signature does not cover this message. Nothing was derived.');
    }
  });
  await reviewSigningKey(steps, subtle, accept.session_signing_key);
  return true;
}
