import { beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../bytes.ts';
import type { Environment } from '../crypto/environment.ts';
import type { Established } from '../handshake/established.ts';
import { encryptMessage } from '../session/encrypt-message.ts';
import { readEnvelope } from '../session/envelope.ts';
import { isSignedHeader } from '../session/header.ts';
import type { WitnessedEnvelope } from '../session/message-context.ts';
import { Session } from '../session/session.ts';
import { unobserved } from '../trace/events.ts';
import { encodeBase64 } from '../wire/base64.ts';
import { makeAgent, runHandshake, testEnvironment } from './testing/fixture.ts';
import { asJson, decryptMessage } from './testing/messages.ts';
import { readBody, refusal, withByteChanged, writeBody } from './testing/tamper.ts';

let environment: Environment;
let ends: { readonly client: Established; readonly server: Established };
const request = { message_type: 'REQUEST', request_id: 'r1', method: 'echo', parameters: { to: 'be kept' } };

beforeAll(async () => {
  environment = await testEnvironment();
  ends = await runHandshake(environment, await makeAgent('traveller_001'), await makeAgent('helper_agent_001'));
});

function witnessed() {
  const seen: WitnessedEnvelope[] = [];
  return { seen, context: { environment, observe: unobserved, witness: (one: WitnessedEnvelope) => seen.push(one) } };
}

describe('the witness of a session', () => {
  it('is told the same of an envelope at both sides, and it is what the sender has signed', async () => {
    const sender = new Session(ends.client);
    const receiver = new Session(ends.server);
    const message = { ...request, nonce: encodeBase64(environment.random(16)) };
    const [out, into] = [witnessed(), witnessed()];
    await decryptMessage(into.context, receiver, readEnvelope(await encryptMessage(out.context, sender, message)));
    const [sent] = out.seen;
    const [received] = into.seen;
    if (sent === undefined || received === undefined) throw new TypeError('Nothing was witnessed.');
    expect(sent.direction).toBe('sent');
    expect(received).toEqual({ ...sent, direction: 'received' });
    expect(sent.payload).toEqual(message);
    const { subtle } = environment;
    const { peerSigningKey } = ends.server;
    expect(await isSignedHeader(subtle, peerSigningKey, sent.header, sent.digest, sent.signature)).toBe(true);
    const later = { ...sent.header, timestamp: sent.header.timestamp + 1 };
    expect(await isSignedHeader(subtle, peerSigningKey, later, sent.digest, sent.signature)).toBe(false);
    expect(toHex(sent.digest)).toHaveLength(64);
  });

  it('is told nothing of an envelope that is refused', async () => {
    const sender = new Session(ends.client);
    const receiver = new Session(ends.server);
    const { seen, context } = witnessed();
    const body = await encryptMessage({ environment, observe: unobserved }, sender, request);
    const json = readBody(body.bytes);
    const altered = asJson(writeBody({ ...json, signature: withByteChanged(json.signature ?? '', 5, 1) }));
    expect(await refusal(() => decryptMessage(context, receiver, readEnvelope(altered)))).toBe('signature_invalid');
    expect(seen).toEqual([]);
    const nonced = await encryptMessage({ environment, observe: unobserved }, sender, {
      ...request,
      nonce: encodeBase64(environment.random(16)),
    });
    await decryptMessage(context, receiver, readEnvelope(nonced));
    expect(await refusal(() => decryptMessage(context, receiver, readEnvelope(nonced)))).toBe('replayed_message');
    expect(seen).toHaveLength(1);
  });
});
