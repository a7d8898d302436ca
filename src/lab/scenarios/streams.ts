import { type Bytes, toHex } from '../../protocol/bytes.ts';
import { StreamHash } from '../../protocol/crypto/stream-hash.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { OwnSession } from '../attacker/own-session.ts';
import { type Ask, StreamAsker } from '../attacker/stream-asker.ts';
import { failureOf, runOnOneStage, type Scenario, type SharedTry, type Stage } from '../run/run.ts';
import { archive, archiveSize, type StreamMethods, streamMethods } from '../run/stream-methods.ts';
import { type LabAgent, mallory } from '../run/world.ts';

/** A certified peer reaches for the streams of others, and breaks the rules of its own. */
export const streams: Scenario = {
  info: {
    id: 'streams',
    title: 'Streams',
    summary: 'Reach for the streams of others, and break the rules of one’s own',
    attempts: 14,
    has: 'A genuine identity and session with Helper, and the stream ids and request ids of Traveller, which somebody has told.',
    wants:
      'Bytes of Traveller’s stream, an end to it, a broken stream taken as whole, or Helper too full to answer others.',
    promise:
      'A stream is looked up together with its peer’s key; size and hash decide whether it is whole; each peer has a share (parley/1, section 4.3).',
  },
  run: async (lab) => {
    const helper = streamMethods();
    return runOnOneStage(lab, tries, (stage) => opened(stage, helper), { methods: helper.methods });
  },
};

interface Props extends Pick<StreamMethods, 'stored'> {
  readonly mallory: LabAgent;
  readonly attacker: StreamAsker;
  /** Traveller, by a program that shows the ids of its streams. */
  readonly victim: StreamAsker;
}

async function opened({ world, traveller, helper }: Stage, { stored }: StreamMethods): Promise<Props> {
  const agent = await world.open(mallory);
  const attacker = new StreamAsker(await OwnSession.open(world, agent, helper));
  const victim = new StreamAsker(await OwnSession.open(world, traveller, helper));
  return { mallory: agent, attacker, victim, stored };
}

/** What an attempt comes to: what Helper answered it, and what shows whether it got what was wanted. */
interface Outcome {
  /** The code in Helper's answer. */
  readonly code?: Ask['code'];
  readonly got: boolean;
  readonly evidence: readonly string[];
}

function attempt(id: string, title: string, play: (stage: Stage, props: Props) => Promise<Outcome>): SharedTry<Props> {
  return {
    id,
    title,
    act: async (stage, props) => {
      const { code, got, evidence } = await play(stage, props);
      const error = code === undefined ? undefined : new ParleyError(code, title);
      return {
        succeeded: got,
        sessionId: props.attacker.session.sessionId,
        ...(error === undefined ? {} : { failure: { by: 'helper', error } }),
        evidence,
      };
    },
  };
}

const answeredWords = ({ code, result }: Ask) =>
  `Helper answered ${code === undefined ? `SUCCESS: ${JSON.stringify(result)}` : `ERROR: ${code}`}.`;

/** Returns whether Traveller still gets all of its stream, and says so. */
async function stillWhole(victim: StreamAsker, streamId: string) {
  const { attachment, result } = await victim.read(streamId, { from: 0 });
  const isWhole = attachment !== undefined && encodeBase64(attachment) === encodeBase64(archive());
  const words = isWhole
    ? `Traveller then read all ${archiveSize.toLocaleString('en')} bytes of its stream.`
    : `Traveller’s stream was disturbed: ${JSON.stringify(result ?? null)}.`;
  return { isWhole, words };
}

const piece = new Uint8Array(500).fill(7);

async function endOf({ world }: Stage, bytes: Bytes) {
  const hash = new StreamHash(world.environment.subtle);
  await hash.add(bytes);
  const end = await hash.end();
  return { size: end.size, hash: encodeBase64(end.hash) };
}

/** Returns a try that writes a stream whose end is false. */
function falseEnd(
  id: string,
  title: string,
  change: (end: { readonly size: number; readonly hash: string }) => { readonly size: number; readonly hash: string },
): SharedTry<Props> {
  return attempt(id, title, async (stage, { attacker, stored }) => {
    const before = stored.length;
    const { streamId, requestId } = await attacker.sendStream('store');
    const answer = await attacker.write(streamId, piece, { from: 0, end: change(await endOf(stage, piece)) });
    const again = await attacker.repeat(requestId, streamId, 'store');
    return {
      ...answer,
      got: answer.code === undefined || stored.length > before || again.code === undefined,
      evidence: [
        answeredWords(answer),
        `Its handler was given no whole body: it stored ${stored.length - before} of 1, and the request ended with ${again.code ?? 'SUCCESS'}.`,
      ],
    };
  });
}

const tries: readonly SharedTry<Props>[] = [
  attempt('hijack-read', 'Another peer’s stream, read under its id', async (_stage, { attacker, victim }) => {
    const { streamId } = await victim.ask('archive');
    const answer = await attacker.read(streamId, { from: 0 });
    const { isWhole, words } = await stillWhole(victim, streamId);
    return { ...answer, got: answer.code === undefined || !isWhole, evidence: [answeredWords(answer), words] };
  }),
  attempt(
    'hijack-write',
    'Another peer’s stream, written under its id',
    async (stage, { attacker, victim, stored }) => {
      const { streamId, requestId } = await victim.sendStream('store');
      const answer = await attacker.write(streamId, piece, { from: 0, end: await endOf(stage, piece) });
      const own = Uint8Array.of(1, 2, 3);
      await victim.write(streamId, own, { from: 0, end: await endOf(stage, own) });
      const given = await victim.repeat(requestId, streamId, 'store');
      const isOwn = given.code === undefined && stored.at(-1) === own.length;
      return {
        ...answer,
        got: answer.code === undefined || !isOwn,
        evidence: [
          answeredWords(answer),
          isOwn
            ? `Traveller then wrote its own ${own.length} bytes, and Helper stored them.`
            : 'Traveller’s own bytes did not arrive.',
        ],
      };
    },
  ),
  attempt('hijack-cancel', 'Another peer’s request, cancelled by its id', async (_stage, { attacker, victim }) => {
    const { streamId, requestId } = await victim.ask('archive');
    const answer = await attacker.cancel(requestId);
    const { isWhole, words } = await stillWhole(victim, streamId);
    const cancelled = JSON.stringify(answer.result) !== '{"cancelled":false}';
    return { ...answer, got: cancelled || !isWhole, evidence: [answeredWords(answer), words] };
  }),
  attempt('guessed-id', 'Twenty stream ids, guessed', async ({ world }, { attacker }) => {
    const guesses = Array.from({ length: 20 }, () => toHex(world.environment.random(16)));
    const answers: Ask[] = [];
    for (const id of guesses) answers.push(await attacker.read(id, { from: 0 }));
    const found = answers.filter(({ code }) => code !== 'stream_gone').length;
    return {
      code: answers[0]?.code,
      got: found > 0,
      evidence: [
        `Helper answered ${answers.length - found} of ${answers.length} guesses with stream_gone, as it answers an id of another peer.`,
      ],
    };
  }),
  attempt('read-released', 'Bytes that were released, asked for again', async (_stage, { attacker }) => {
    const { streamId } = await attacker.ask('archive');
    await attacker.read(streamId, { from: 0, most: 1_000 });
    await attacker.read(streamId, { from: 1_000, release: 1_000, most: 1_000 });
    const answer = await attacker.read(streamId, { from: 0, release: 0, most: 1_000 });
    return { ...answer, got: answer.code === undefined, evidence: [answeredWords(answer)] };
  }),
  attempt('release-ahead', 'More released than was asked for', async (_stage, { attacker }) => {
    const { streamId } = await attacker.ask('archive');
    const answer = await attacker.read(streamId, { from: 10, release: 20 });
    return { ...answer, got: answer.code === undefined, evidence: [answeredWords(answer)] };
  }),
  attempt('beyond-size', 'Bytes beyond the end of a stream', async (_stage, { attacker }) => {
    const { streamId } = await attacker.ask('archive');
    const answer = await attacker.read(streamId, { from: archiveSize + 1 });
    return { ...answer, got: answer.code === undefined, evidence: [answeredWords(answer)] };
  }),
  attempt('wrong-offset', 'A stream with a gap: its second half, written first', async (stage, props) => {
    const { attacker, stored } = props;
    const before = stored.length;
    const { streamId, requestId } = await attacker.sendStream('store');
    const end = await endOf(stage, piece);
    const answer = await attacker.write(streamId, piece.subarray(250), { from: 250, end });
    const isIgnored = JSON.stringify(answer.result) === '{"next":0}';
    await attacker.cancel(requestId);
    return {
      ...answer,
      got: !isIgnored || stored.length > before,
      evidence: [answeredWords(answer), 'So it still wants the first byte: nothing of the second half was taken.'],
    };
  }),
  falseEnd('false-size', 'A stream that ends with a false size', (end) => ({ ...end, size: end.size + 1 })),
  falseEnd('false-hash', 'A stream that ends with a false hash', (end) => ({
    ...end,
    hash: encodeBase64(new Uint8Array(32)),
  })),
  attempt('longer', 'More bytes than the stream was announced with', async (_stage, { attacker }) => {
    const { streamId, requestId } = await attacker.sendStream('store', 10);
    const answer = await attacker.write(streamId, piece, { from: 0 });
    await attacker.cancel(requestId);
    return { ...answer, got: answer.code === undefined, evidence: [answeredWords(answer)] };
  }),
  attempt(
    'read-flood',
    '300 reads at once, each to wait for 20 seconds',
    async ({ traveller, helper }, { attacker }) => {
      const { streamId, requestId } = await attacker.ask('wait');
      let answered = 0;
      const reads = Array.from({ length: 300 }, () =>
        attacker.read(streamId, { from: 0, wait: 20 }).finally(() => {
          answered += 1;
        }),
      );
      const ping = { peerId: helper.agentId, method: 'ping', parameters: null };
      const failure = await failureOf(traveller.agent.send(ping));
      const atOnce = answered;
      await attacker.cancel(requestId);
      await Promise.all(reads);
      return {
        got: failure !== undefined || atOnce === 0,
        evidence: [
          `Helper let a few of them wait and answered at least ${atOnce} at once, with no bytes.`,
          failure === undefined
            ? 'During the flood Traveller sent a request, and was answered.'
            : `During the flood Traveller was not answered: ${failure.code}.`,
        ],
      };
    },
  ),
  attempt('65th', `Stream ${limits.streamsOfPeer + 1} of one peer`, async ({ traveller, helper }, { attacker }) => {
    const open: string[] = [];
    let last = await attacker.ask('wait');
    while (last.code === undefined && open.length <= limits.streamsOfPeer) {
      open.push(last.requestId);
      last = await attacker.ask('wait');
    }
    const body = new Uint8Array(70_000);
    const sending = traveller.agent.exchange({ peerId: helper.agentId, method: 'store', parameters: null, body });
    const failure = await failureOf(sending);
    for (const requestId of open) await attacker.cancel(requestId);
    return {
      ...last,
      got: last.code === undefined || failure !== undefined,
      evidence: [
        `Helper served ${open.length} streams to this peer, and answered the next request with ${last.code ?? 'another stream'}.`,
        failure === undefined
          ? 'Traveller, whose share is its own, sent 70,000 bytes meanwhile.'
          : `Traveller could not send: ${failure.code}.`,
      ],
    };
  }),
  attempt('no-extension', 'A stream asked for by a peer that says it reads none', async (stage, props) => {
    const plain = { payloads: ['sent_at'] };
    const session = await OwnSession.open(stage.world, props.mallory, stage.helper, plain);
    const answer = await new StreamAsker(session).ask('archive');
    return {
      ...answer,
      got: answer.code === undefined,
      evidence: [
        answeredWords(answer),
        'The hello of this session names neither attachments nor streams, so Helper sent no member of them.',
      ],
    };
  }),
];
