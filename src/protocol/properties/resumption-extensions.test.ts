import { beforeAll, expect, test } from 'vitest';
import type { Environment } from '../crypto/environment.ts';
import { readHandshake } from '../handshake/received.ts';
import { handleResumeAccept, initiateResumption } from '../handshake/resumption/initiator.ts';
import { acceptBinder, helloBinder, signResumption } from '../handshake/resumption/proofs.ts';
import { handleResumeHello } from '../handshake/resumption/responder.ts';
import { Transcript } from '../handshake/transcript.ts';
import { encodeBase64 } from '../wire/base64.ts';
import { without } from '../wire/canonical.ts';
import type { JsonValue } from '../wire/json.ts';
import { makeAgent, testEnvironment } from './testing/fixture.ts';
import { type ResumableSide, resumablePair } from './testing/resumptions.ts';
import { readBody, refusal, writeBody } from './testing/tamper.ts';

let environment: Environment;
let client: ResumableSide;
let server: ResumableSide;

beforeAll(async () => {
  environment = await testEnvironment();
  const [one, two] = [await makeAgent('traveller_001'), await makeAgent('helper_agent_001')];
  ({ client, server } = await resumablePair(environment, one, two));
});

const helloTo = (responder: ResumableSide, body: ReturnType<typeof writeBody>, context = responder.context()) =>
  refusal(() => handleResumeHello(context, responder.agent.own, readHandshake(body)));

test('both messages of a resumption may have extensions, whose members are ignored and signed like the rest', async () => {
  const { subtle } = environment;
  const th0 = await Transcript.start(subtle);
  const helloWith = async (extensions: JsonValue) => {
    const { body } = await initiateResumption(client.context(), client.agent.own, client.record);
    const unsigned = { ...without(readBody(body), 'signature', 'binder'), extensions };
    const signed = await signResumption(subtle, client.record.signingKey, 'resume hello', th0, unsigned);
    const binder = await helloBinder(subtle, client.record.key, signed);
    return { ...signed, binder: encodeBase64(binder) };
  };
  const some = { later: [1, { a: null }] };
  const hello = await helloWith(some);
  expect(await helloTo(server, writeBody(hello))).toBe('accepted');
  expect(await helloTo(server, writeBody({ ...hello, extensions: {} }))).toBe('resumption_unknown');
  for (const other of [[], null, 'x', 1]) {
    expect(await helloTo(server, writeBody(await helloWith(other)))).toBe('malformed_message');
  }
  const begun = await initiateResumption(client.context(), client.agent.own, client.record);
  const { body } = await handleResumeHello(server.context(), server.agent.own, readHandshake(begun.body));
  const unsigned = { ...without(readBody(body), 'signature', 'binder'), extensions: some };
  const { tr1 } = begun.state;
  const signed = await signResumption(subtle, server.record.signingKey, 'resume accept', tr1, unsigned);
  const tr = await tr1.with(signed);
  const binder = await acceptBinder(subtle, server.record.key, tr.hash);
  const accept = writeBody({ ...signed, binder: encodeBase64(binder) });
  expect(await refusal(() => handleResumeAccept(client.context(), begun.state, accept))).toBe('accepted');
});
