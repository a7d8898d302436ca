import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { attachmentLimits } from '../agent/groups/talk/attachments.ts';
import { mostOfPeer } from '../agent/history/stored-answers.ts';
import { handlerMs, holdMs } from '../agent/messages/answerers.ts';
import { mostRunning } from '../agent/messages/running-requests.ts';
import { sendLimits } from '../agent/messages/send-queue.ts';
import { answerDeadlineMs, patienceMs, tryForMs } from '../agent/messages/tries.ts';
import { mostWaiting } from '../agent/streams/agent-streams.ts';
import { unreadMs } from '../agent/streams/stream-reader.ts';
import { deliveryLimits } from '../delivery/limits.ts';
import { limits } from '../protocol/limits.ts';
import { standardRelayLimits } from '../relay/server/limits.ts';

const MiB = 1024 * 1024;
const count = (number: number) => number.toLocaleString('en');
const seconds = (number: number) => (number % 86_400 === 0 ? `${number / 86_400} d` : `${count(number)} s`);
const bytes = (number: number) => (number % MiB === 0 ? `${number / MiB} MiB` : `${count(number / 1024)} KiB`);

/** What each limit of the protocol page is called, and how its value is written. */
const protocolRows = {
  handshakeBody: ['A handshake message', bytes],
  messageBody: ['A message with its envelope', bytes],
  plaintext: ['A plaintext, with what is attached and its padding', bytes],
  attachment: ['An attachment', bytes],
  textBesideAttachment: ['The JSON beside an attachment', bytes],
  streamPart: ['One read or write of a stream', bytes],
  streamWait: ['Time for which a read waits for bytes', seconds],
  mediaType: ['Characters of a media type', count],
  streamName: ['Characters of a stream’s name', count],
  streamIdle: ['Time for which a stream is kept without a read or write', seconds],
  streamKept: ['The same, where its owner announces more', seconds],
  streamBuffer: ['Buffer that each stream has of its own', bytes],
  streamBuffersOfPeer: ['Buffers of the streams of one peer beyond that', bytes],
  streamBuffers: ['Buffers of all streams beyond that', bytes],
  streamsOfPeer: ['Streams of one peer', count],
  streams: ['Streams of an agent', count],
  cancelMemory: ['Time for which a cancellation is remembered', seconds],
  cancelsOfPeer: ['Cancellations of one peer that are remembered', count],
  pendingAfter: ['Time after which a request is answered that it is under way', seconds],
  storedAttachment: ['An attachment that is kept with its answer', bytes],
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
  envelopeHeader: ['Bytes of the header of a binary envelope', count],
  binaryFrom: ['A plaintext that is sent in a binary envelope', bytes],
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

/** What each limit of the delivery service (groups page, section 4) is called. */
const deliveryRows = {
  message: ['An encrypted message of a group, with its attachment', bytes],
  welcome: ['A Welcome', bytes],
  keyPackage: ['A KeyPackage', bytes],
  entriesBody: ['A body of entries', bytes],
  keyPackagesBody: ['A body of KeyPackages', bytes],
  body: ['Any other body', bytes],
  pageEntries: ['Entries of one answer', count],
  pageBytes: ['Bytes of one answer', bytes],
  token: ['Life of a token', seconds],
  tokens: ['Tokens of an agent', count],
  keyPackages: ['KeyPackages of an agent', count],
  takesOfTaker: ['KeyPackages of one agent that another takes in an hour', count],
  takesOfAgent: ['KeyPackages of one agent that all take in an hour; then its last-resort one is given', count],
  takesInAll: ['KeyPackages of all agents that one agent takes in an hour', count],
  newGroupsAnHour: ['Groups that an agent makes in an hour', count],
  liveGroups: ['Groups that an agent has made and that live', count],
  commitsAnHour: ['Commits of one member in one group in an hour', count],
  writer: ['Unread entries and Welcomes of one writer', bytes],
  inboxOfWriter: ['Of these, in the inbox of one agent that has not written to a common group', bytes],
  chargedGroups: ['Groups in which one writer has left what others have not read', count],
  spokeIn: ['Groups that are looked through for one that both have written to', count],
  group: ['Entries of one group; then the oldest messages go', bytes],
  entries: ['Entries of one log; then those that everybody has read go early', count],
  formerPlaces: ['Spans of removed members that are remembered for one group', count],
  keptAfterRead: ['Time for which a message that everybody has read is stored', seconds],
  keptUnread: ['Time for which an entry is stored at most', seconds],
  holdsMessages: ['Time without reading after which a member holds no message back', seconds],
  unheard: ['Time without reading after which a member is taken from the lists', seconds],
  welcomeKept: ['Time for which an unread Welcome is stored', seconds],
  tombstone: ['Time after which an entry without its message goes', seconds],
  entryIdMemory: ['Time for which an entry_id is remembered', seconds],
} as const satisfies Record<keyof typeof deliveryLimits, readonly [words: string, write: (value: number) => string]>;

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
  ['Time for which a stream is kept that nobody reads', seconds(unreadMs / 1_000), 'the agent that reads'],
  ['Reads of one peer that wait for bytes at once', count(mostWaiting), 'the agent that is asked'],
  [
    'Ended streams of one peer that answer a repeated read or write',
    count(limits.streamsOfPeer),
    'the agent that is asked',
  ],
  ['Bytes of answers to one peer that are kept with them', bytes(mostOfPeer), 'the agent that is asked'],
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
  ['An attachment of a group', bytes(attachmentLimits.bytes), 'the agent, in groups'],
  ['Attachments that an agent stores of one group', bytes(attachmentLimits.ofGroup), 'the agent, in groups'],
  ...Object.entries(deliveryRows).map(([name, [words, write]]) => [
    words,
    write(deliveryLimits[name as keyof typeof deliveryLimits]),
    'the delivery service',
  ]),
];

test('docs/limits.md has every limit with the value that the sources give it', async () => {
  const page = await readFile(new URL('../../docs/limits.md', import.meta.url), 'utf8');
  const table = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
  expect(table).toEqual(['| limit | value | set by |', ...rows.map((cells) => `| ${cells.join(' | ')} |`)]);
});
