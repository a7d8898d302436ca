import { type Bytes, concat } from '../../protocol/bytes.ts';
import { limits } from '../../protocol/limits.ts';
import { OwnSession } from '../attacker/own-session.ts';
import { runOnOneStage, type Scenario, type SharedTry, type Stage } from '../run/run.ts';
import { type StreamMethods, streamMethods } from '../run/stream-methods.ts';
import { mallory } from '../run/world.ts';

const bytes = new Uint8Array(100).fill(0x61);
const zero = Uint8Array.of(0);
const encoder = new TextEncoder();

/** A certified peer sends bytes beside a payload that are not what the payload says. */
export const attachments: Scenario = {
  info: {
    id: 'attachments',
    title: 'Attachments',
    summary: 'Send bytes beside a message that are not what it says',
    attempts: 15,
    has: 'A genuine identity and a genuine session with Helper, and a program that can encrypt any bytes in it.',
    wants: 'Helper to read bytes as another length than was meant, or to run a request whose end is in doubt.',
    promise:
      'The JSON ends at the first zero byte and says how many bytes follow; behind them are spaces alone (parley/1, section 4.2).',
  },
  run: async (lab) => {
    const helper = streamMethods();
    const prepare = (stage: Stage) => opened(stage, helper);
    return runOnOneStage(lab, tries, prepare, { methods: helper.methods });
  },
};

interface Props extends Pick<StreamMethods, 'stored'> {
  readonly session: OwnSession;
}

/** Opens the attacker's session, and shows in it that a sound attachment is taken. */
async function opened({ world, helper }: Stage, { stored }: StreamMethods): Promise<Props> {
  const session = await OwnSession.open(world, await world.open(mallory), helper);
  const request = { message_type: 'REQUEST', request_id: session.newId(), method: 'store', parameters: null };
  await session.ask(request, 'a sound attachment', bytes);
  return { session, stored };
}

/** What a payload says of its bytes, and what stands behind its JSON. */
interface Made {
  readonly attachment?: unknown;
  /** Other members of the payload. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly behind: Bytes;
}

function made(id: string, title: string, make: () => Made): SharedTry<Props> {
  return {
    id,
    title,
    act: async (_stage, { session, stored }) => {
      const { attachment, members, behind } = make();
      const payload = {
        ...{ message_type: 'REQUEST', request_id: session.newId(), method: 'store', parameters: null },
        ...{ nonce: session.nonce(), ...members },
        ...(attachment === undefined ? {} : { attachment }),
      };
      const before = stored.length;
      const answered = await session.sendPlaintext(concat(encoder.encode(JSON.stringify(payload)), behind), title);
      const ran = stored.length - before;
      return {
        succeeded: answered.status === 200 || ran > 0,
        sessionId: session.sessionId,
        evidence: [
          `Before the attempts, Helper took ${stored[0]} bytes of this peer as they were meant. So the session works.`,
          `This message was answered with HTTP ${answered.status}${answered.code === undefined ? '' : ` (${answered.code})`}, and Helper ran ${ran} requests for it.`,
        ],
      };
    },
  };
}

const size = bytes.length;
const tries: readonly SharedTry<Props>[] = [
  made('two-zeros', 'Two zero bytes in place of one', () => ({
    attachment: { size },
    behind: concat(zero, zero, bytes),
  })),
  made('size-larger', 'A size that is larger than the bytes', () => ({
    attachment: { size: size + 1 },
    behind: concat(zero, bytes),
  })),
  made('size-smaller', 'A size that is smaller than the bytes', () => ({
    attachment: { size: size - 1 },
    behind: concat(zero, bytes),
  })),
  made('size-limit', 'A size of more than 15 MiB', () => ({
    attachment: { size: limits.attachment + 1 },
    behind: concat(zero, bytes),
  })),
  made('size-negative', 'A negative size', () => ({ attachment: { size: -1 }, behind: zero })),
  made('size-fraction', 'A size that is no whole number', () => ({
    attachment: { size: 99.5 },
    behind: concat(zero, bytes),
  })),
  made('size-text', 'A size that is a text', () => ({
    attachment: { size: String(size) },
    behind: concat(zero, bytes),
  })),
  made('extra-member', 'A second member beside the size', () => ({
    attachment: { size, type: 'text/plain' },
    behind: concat(zero, bytes),
  })),
  made('list', 'A list in place of the size', () => ({ attachment: [size], behind: concat(zero, bytes) })),
  made('unannounced', 'Bytes behind a payload that says nothing of them', () => ({ behind: concat(zero, bytes) })),
  made('missing', 'A payload that says of bytes that are not there', () => ({
    attachment: { size },
    behind: new Uint8Array(0),
  })),
  made('space-before', 'A space between the JSON and the zero byte', () => ({
    attachment: { size },
    behind: concat(encoder.encode(' '), zero, bytes),
  })),
  made('letters-behind', 'A second payload in place of the padding', () => ({
    attachment: { size },
    behind: concat(zero, bytes, encoder.encode('{"message_type":"REQUEST"}')),
  })),
  made('large-json', 'JSON of more than 1 MiB beside bytes', () => ({
    attachment: { size },
    members: { parameters: 'a'.repeat(limits.textBesideAttachment) },
    behind: concat(zero, bytes),
  })),
  made('on-a-read', 'Bytes beside a STREAM_READ, which carries none', () => ({
    attachment: { size },
    members: {
      ...{ message_type: 'STREAM_READ', stream_id: 'a1b2c3d4'.repeat(4), from: 0, max_bytes: 1, release: 0, wait: 0 },
      ...{ method: undefined, parameters: undefined },
    },
    behind: concat(zero, bytes),
  })),
];
