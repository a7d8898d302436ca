import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { handlerMs, holdMs } from '../agent/messages/answerers.ts';
import { mostRunning } from '../agent/messages/inbox.ts';
import { sendLimits } from '../agent/messages/send-queue.ts';
import { answerDeadlineMs, patienceMs, tryForMs } from '../agent/messages/tries.ts';
import { limits } from '../protocol/limits.ts';
import { standardRelayLimits } from '../relay/server/limits.ts';

const MiB = 1024 * 1024;
const count = (number: number) => number.toLocaleString('en');
const seconds = (number: number) => (number % 86_400 === 0 ? `${number / 86_400} d` : `${count(number)} s`);
const bytes = (number: number) => (number % MiB === 0 ? `${number / MiB} MiB` : `${number / 1024} KiB`);

/** What each limit of the protocol page is called, and how its value is written. */
const protocolRows = {
  handshakeBody: ['A handshake message', bytes],
  messageBody: ['A message with its envelope', bytes],
  plaintext: ['A plaintext, with what is attached and its padding', bytes],
  attachment: ['An attachment', bytes],
  textBesideAttachment: ['The JSON beside an attachment', bytes],
  jsonDepth: ['Levels of nested JSON', count],
  freshness: ['Difference between two clocks', seconds],
  nonceMemory: ['Time for which a nonce is remembered', seconds],
  halfOpen: ['Life of a half-open handshake', seconds],
  sessions: ['Sessions of an agent', count],
  halfOpenHandshakes: ['Half-open handshakes of an agent', count],
  sessionsPerPeer: ['Sessions of one peer', count],
  halfOpenPerPeer: ['Half-open handshakes of one peer', count],
  sessionLifetime: ['Life of a session', seconds],
  resumptionLifetime: ['Time in which a session can be resumed', seconds],
  replayWindow: ['Sequence numbers of the replay window', count],
  envelopeDepth: ['Levels of an envelope', count],
  envelopeMembers: ['Members of an envelope', count],
  handshakeDepth: ['Levels of a hello', count],
  handshakeTokens: ['Tokens of a hello', count],
  nameLength: ['Characters of a method and of a request_id', count],
  leastPayloadNonce: ['Bytes of a payload’s nonce, at least', count],
  mostPayloadNonce: ['Bytes of a payload’s nonce, at most', count],
  updateAfterMessages: ['Messages after which keys are updated', count],
  updateAfterSeconds: ['Time after which keys are updated', seconds],
  oldKeys: ['Time for which old keys are accepted', seconds],
  requestMemory: ['Time for which a request_id is remembered', seconds],
  requestsOfPeer: ['Request_ids of one peer that are remembered', count],
  resumptionTurn: ['Wait for a peer that resumes at the same moment', seconds],
  certificateLifetime: ['Life of a certificate', seconds],
  registration: ['Life of a registration that is under way', seconds],
  certificatePairs: ['Unexpired certificate pairs of an agent', count],
  listedAfterExpiry: ['Time for which a revoked certificate stays listed after its end', seconds],
  usualPage: ['Agents of a page of the directory, by default', count],
  longestPage: ['Agents of a page of the directory, at most', count],
} as const satisfies Record<keyof typeof limits, readonly [words: string, write: (value: number) => string]>;

/** What the limits of sending are called. */
const sendRows = {
  underWayPerPeer: ['Requests to one peer that are under way', count],
  queuedPerPeer: ['Requests to one peer that wait for their turn', count],
  queued: ['Requests to all peers that wait for their turn', count],
  queuedBytesPerPeer: ['Memory of the waiting requests to one peer', bytes],
  queuedBytes: ['Memory of the waiting requests to all peers', bytes],
} as const satisfies Record<keyof typeof sendLimits, readonly [words: string, write: (value: number) => string]>;

const { requestsPerAgent, handshakesPerAgent, bytesUnderWay, answerMs, graceMs, shareOfAddress } = standardRelayLimits;

const rows = [
  ...Object.entries(sendRows).map(([name, [words, write]]) => [
    words,
    write(sendLimits[name as keyof typeof sendLimits]),
    'the sender',
  ]),
  ['Time for which a peer that does not answer is tried', seconds(tryForMs / 1_000), 'the sender'],
  ['Time for which an own connection, or room at the peer, is waited for', seconds(patienceMs / 1_000), 'the sender'],
  ['Time in which an answer has to come', seconds(answerDeadlineMs / 1_000), 'the sender'],
  ['Requests of one peer that run at once', count(mostRunning), 'the agent that is asked'],
  ['Time for a handler', seconds(handlerMs / 1_000), 'the agent that is asked'],
  ['Time for a person who answers', seconds(holdMs / 1_000), 'the agent that is asked'],
  ['Messages under way to one agent', count(requestsPerAgent), 'the relay'],
  ['The same, from one address', count(requestsPerAgent * shareOfAddress.requests), 'the relay'],
  ['Handshakes under way to one agent', count(handshakesPerAgent), 'the relay'],
  ['Memory of all messages under way', bytes(bytesUnderWay), 'the relay'],
  ['Time in which an agent has to answer', seconds(answerMs / 1_000), 'the relay'],
  ['Wait for an agent that has just lost its connection', seconds(graceMs / 1_000), 'the relay'],
  ...Object.entries(protocolRows).map(([name, [words, write]]) => [
    words,
    write(limits[name as keyof typeof limits]),
    'the protocol',
  ]),
];

test('docs/limits.md has every limit with the value that the sources give it', async () => {
  const page = await readFile(new URL('../../docs/limits.md', import.meta.url), 'utf8');
  const table = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
  expect(table).toEqual(['| limit | value | set by |', ...rows.map((cells) => `| ${cells.join(' | ')} |`)]);
});
