import { certificateFacts } from '../../pki/certificate-facts.ts';
import { createCertificateVerifier } from '../../pki/verifier.ts';
import { platformEnvironment } from '../../platform/platform.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { asParleyError, ParleyError } from '../../protocol/errors.ts';
import type { HandshakeContext } from '../../protocol/handshake/context.ts';
import type { TraceEvent } from '../../protocol/trace/events.ts';
import { decodeBase64 } from '../../protocol/wire/base64.ts';
import type { EnvelopeForm, MessageBody } from '../../protocol/wire/envelope-form.ts';
import { reviewEnvelope } from '../../recording/review/envelope.ts';
import { canonicalBody, type Earlier, reviewHandshakeMessage } from '../../recording/review/handshake.ts';
import { reviewResumptionMessage } from '../../recording/review/resumption.ts';
import type { CertificateFacts, Inspector, Review, ReviewInput } from './api.ts';

const encoder = new TextEncoder();
const bytesOf = (text: string): Bytes => encoder.encode(text);

const needsSecrets = 'What follows needs secrets that only the two agents held; most of them no longer exist.';
const needsResumptionKey =
  'The binder is an HMAC under the old session’s resumption key, which only its two agents held: it cannot be checked from outside. ' +
  'What follows needs secrets that no longer exist.';
const needsFormerSession =
  'The signature is by the old session’s signing key, which its hellos named and this message does not: that session is not ' +
  'recorded here, so the signature cannot be checked. ';
const needsHmac =
  'The confirmation is an HMAC under a key that only the two agents hold: it cannot be checked from outside.';

/** Reads and checks messages by the product's own functions. */
export const inspector: Inspector = {
  canonical: async (body) => canonicalBody(bytesOf(body)),
  certificate: async (base64): Promise<CertificateFacts> => certificateFacts(decodeBase64(base64)),
  review: async (input): Promise<Review> => {
    const events: TraceEvent[] = [];
    const { message, caCertificate } = input;
    const needsCa = message === 'CLIENT_HELLO' || message === 'SERVER_HELLO' || message === 'CLIENT_CONFIRM';
    if (needsCa && caCertificate === undefined) {
      return { events, leftOut: 'The CA certificate is not in this recording, so nothing could be checked.' };
    }
    try {
      const leftOut = await run(input, (event) => events.push(event));
      return { events, leftOut };
    } catch (cause) {
      const { code, detail } = asParleyError(cause);
      const failed = events.some((event) => event.kind === 'check' && event.outcome === 'failed');
      return { events, leftOut: failed ? '' : `${detail} (${code})` };
    }
  },
};

const needsTheEnd =
  'The end of this message was not kept, and the signature covers it: the signature cannot be checked here. ';

/** Returns a body as it travelled. */
function sentBody(text: string, form: EnvelopeForm): MessageBody {
  return { form, bytes: form === 'binary' ? decodeBase64(text) : bytesOf(text) };
}

/** Runs the review; gives what could not be checked and why. */
async function run(input: ReviewInput, observe: (event: TraceEvent) => void): Promise<string> {
  const { message, copy, genuine, form = 'json', isCut = false, at, caCertificate } = input;
  const environment = { ...(await platformEnvironment()), now: () => Math.floor(at) };
  const earlier = earlierOf(input);
  if (message === 'ENVELOPE') {
    if (isCut && form === 'json') throw new ParleyError('invalid_input', 'The end of this message was not kept.');
    const bodies = { copy: sentBody(copy, form), genuine: sentBody(genuine, form), isWhole: !isCut };
    await reviewEnvelope({ environment, observe }, bodies, earlier);
    return `${isCut ? needsTheEnd : ''}${needsSecrets}`;
  }
  if (message === 'PROBLEM') {
    throw new ParleyError(
      'invalid_input',
      'A refusal is not authenticated: it may stop an attempt, and changes nothing else.',
    );
  }
  const context: HandshakeContext = {
    environment,
    observe,
    memory: nothingSeen,
    verifyCertificates:
      caCertificate === undefined
        ? () => Promise.reject(new ParleyError('certificate_untrusted', 'No CA is known here.'))
        : createCertificateVerifier({
            caCertificate: decodeBase64(caCertificate),
            revocation: () => undefined,
            unknownStatus: 'accept',
          }),
  };
  if (message === 'RESUME_HELLO' || message === 'RESUME_ACCEPT') {
    const isSigned = await reviewResumptionMessage(context, message, {
      copy: bytesOf(copy),
      genuine: bytesOf(genuine),
      ...(earlier.resumeHello === undefined ? {} : { resumeHello: earlier.resumeHello }),
      ...(input.formerSigningKey === undefined ? {} : { formerSigningKey: decodeBase64(input.formerSigningKey) }),
    });
    return `${isSigned ? '' : needsFormerSession}${needsResumptionKey}`;
  }
  await reviewHandshakeMessage(context, message, bytesOf(copy), bytesOf(genuine), earlier);
  return message === 'SESSION_ESTABLISHED' ? needsHmac : needsSecrets;
}

function earlierOf({ clientHello, serverHello, resumeHello, resumeAccept }: ReviewInput): Earlier {
  return {
    ...(clientHello === undefined ? {} : { clientHello: bytesOf(clientHello) }),
    ...(serverHello === undefined ? {} : { serverHello: bytesOf(serverHello) }),
    ...(resumeHello === undefined ? {} : { resumeHello: bytesOf(resumeHello) }),
    ...(resumeAccept === undefined ? {} : { resumeAccept: bytesOf(resumeAccept) }),
  };
}

/** A receiver that has not had this message yet. */
const nothingSeen: HandshakeContext['memory'] = {
  hasNonce: () => false,
  hasSession: () => false,
  requireRoom: () => undefined,
  recordNonce: async () => undefined,
  reserveSession: () => undefined,
};
