import type { Bytes } from '../../protocol/bytes.ts';
import { asParleyError } from '../../protocol/errors.ts';
import type { MessageBody } from '../../protocol/wire/envelope-form.ts';
import { asJsonForm, assembled, offsetOf, partsOf, withFlippedByte, withHeader } from '../attacker/envelope-surgery.ts';
import { readObject, unwritten } from '../run/body.ts';
import { timesRun } from '../run/judge.ts';
import { runOnOneStage, type Scenario, type SharedTry, type Stage } from '../run/run.ts';
import { type Answer, type Attack, readOnly } from '../run/wire.ts';

const order = 'Open the north gate';
/** Long enough to go as bytes. */
const text = `${order}. `.repeat(300);

/** The attacker changes an envelope that travels as bytes. */
export const binaryEnvelopes: Scenario = {
  info: {
    id: 'binary-envelopes',
    title: 'Binary envelopes',
    summary: 'Change an envelope that travels as bytes, byte by byte',
    attempts: 20,
    has: 'A place on the line, and envelopes of Traveller as bytes. The attacker knows where each part of them begins.',
    wants: 'Helper to accept an envelope that is not, to the byte, the one that Traveller wrote.',
    promise:
      'A binary envelope is read by the checks of its JSON form, its header is exactly canonical, and both forms are one message (parley/1, section 4.1).',
  },
  run: (lab) => runOnOneStage(lab, tries, prepare),
};

/** Connects, so that each attempt is about a message alone. */
async function prepare({ traveller, helper }: Stage): Promise<undefined> {
  await traveller.agent.connect(helper.agentId);
}

/** Returns a try that sends `make` of an envelope in its place, and then the envelope itself. */
function altered(id: string, title: string, make: (envelope: Bytes) => readonly MessageBody[]): SharedTry<undefined> {
  return { id, title, act: (stage) => attempt(stage, (envelope) => ({ before: make(envelope), after: [] })) };
}

const one = (id: string, title: string, make: (envelope: Bytes) => MessageBody) =>
  altered(id, title, (envelope) => [make(envelope)]);
const header = (id: string, title: string, change: (text: string) => string) =>
  one(id, title, (envelope) => withHeader(envelope, change));
const length = (id: string, title: string, change: (n: number) => number) =>
  one(id, title, (envelope) => {
    const parts = partsOf(envelope);
    return assembled(parts, change(parts.header.length));
  });
const part = (name: 'signature' | 'iv' | 'tag' | 'ciphertext', title: string) =>
  one(name, title, (envelope) => withFlippedByte(envelope, offsetOf(envelope, name)));

const tries: readonly SharedTry<undefined>[] = [
  length('length-longer', 'The length says one byte more than the header has', (n) => n + 1),
  length('length-shorter', 'The length says one byte less than the header has', (n) => n - 1),
  length('length-1025', 'The length says more than 1,024 bytes', () => 1_025),
  header('header-spaces', 'The header with a space in it: JSON, but not canonical', (json) => json.replace(',', ', ')),
  header('header-order', 'The header with its members in another order', (json) => {
    const [first = '', ...rest] = json.slice(1, -1).split(',');
    return `{${[...rest, first].join(',')}}`;
  }),
  header('header-extra', 'The header with a sixth member', (json) => json.replace('}', ',"trusted":true}')),
  header('header-session', 'Another session in the header', (json) =>
    json.replace(/"session_id":"(.)/, (_, digit: string) => `"session_id":"${digit === '0' ? '1' : '0'}`),
  ),
  header('header-sender', 'Another sender in the header', (json) => json.replace('traveller_', 'traveller2_')),
  header('header-epoch', 'Another epoch in the header', (json) => json.replace('"epoch":0', '"epoch":1')),
  header('header-sequence', 'Another number in the header', (json) =>
    json.replace(/"sequence":(\d+)/, (_, number: string) => `"sequence":${Number(number) + 1}`),
  ),
  header('header-timestamp', 'Another time in the header', (json) =>
    json.replace(/"timestamp":(\d+)/, (_, seconds: string) => `"timestamp":${Number(seconds) + 1}`),
  ),
  part('signature', 'One bit of the signature flipped'),
  part('iv', 'One bit of the IV flipped'),
  part('tag', 'One bit of the tag flipped'),
  part('ciphertext', 'One bit of the ciphertext flipped'),
  one('cut', 'Cut off inside the tag', (envelope) => ({
    form: 'binary',
    bytes: envelope.slice(0, offsetOf(envelope, 'ciphertext') - 1),
  })),
  one('json-as-bytes', 'The JSON form under the type of the bytes', (envelope) => ({
    form: 'binary',
    bytes: asJsonForm(envelope).bytes,
  })),
  one('bytes-as-json', 'The bytes under the type of the JSON form', (bytes) => ({ form: 'json', bytes })),
  altered('every-byte', 'Each byte of the head, one after the other', (envelope) =>
    Array.from({ length: offsetOf(envelope, 'ciphertext') }, (_, at) => withFlippedByte(envelope, at)),
  ),
  {
    id: 'other-form',
    title: 'The same envelope a second time, in its JSON form',
    act: (stage) => attempt(stage, (envelope) => ({ before: [], after: [asJsonForm(envelope)] })),
  },
];

/** What the attacker sends before the envelope itself, and after it. */
interface Plan {
  readonly before: readonly MessageBody[];
  readonly after: readonly MessageBody[];
}

async function attempt({ world, traveller, helper }: Stage, plan: (envelope: Bytes) => Plan) {
  const ran = timesRun(helper, order);
  const answers: Answer[] = [];
  const attack: Attack = async (hop) => {
    if (hop.kind !== 'ENVELOPE' || hop.from !== 'traveller') return hop.forward();
    const { before, after } = plan(unwritten(hop).bytes);
    for (const body of before) answers.push(await hop.forward(body, 'altered'));
    const taken = answers.find(({ status }) => status === 200);
    if (taken !== undefined) return taken;
    const genuine = await hop.forward(undefined, before.length === 0 ? '' : 'as it was sent');
    for (const body of after) answers.push(await hop.forward(body, 'in the other form'));
    return { ...genuine, deed: before.length === 0 ? '' : 'the answer to what was sent' };
  };
  world.wire.attackBy(attack);
  const request = { peerId: helper.agentId, method: 'send_request', parameters: { query: text } };
  const failure = await traveller.agent.send(request).then(() => undefined, asParleyError);
  world.wire.attackBy(readOnly);
  const accepted = answers.filter(({ status }) => status === 200).length;
  const ranNow = timesRun(helper, order) - ran;
  return {
    succeeded: accepted > 0 || ranNow !== 1 || failure !== undefined,
    evidence: [
      `Helper’s answers to what was altered: ${counted(answers)}.`,
      accepted > 0
        ? `Helper accepted ${accepted} of them.`
        : `It then ran ${ranNow} request, the genuine one${failure === undefined ? ', and Traveller got the answer' : `, which failed: ${failure.code}`}: what was refused had used up no number.`,
    ],
  };
}

/** Returns how often each answer came. */
function counted(answers: readonly Answer[]): string {
  const counts = new Map<string, number>();
  for (const { status, body } of answers) {
    const code = readObject(body)?.code;
    const words = `${status}${typeof code === 'string' ? ` ${code}` : ''}`;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].map(([words, count]) => `${count} × ${words}`).join(', ');
}
