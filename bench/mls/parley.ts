import type { CipherSuite } from '../../src/mls/crypto/cipher-suite.ts';
import { cipherSuite } from '../../src/mls/crypto/suites.ts';
import { applyCommit } from '../../src/mls/group/apply-commit.ts';
import type { GroupState } from '../../src/mls/group/group-state.ts';
import { joinGroup } from '../../src/mls/group/join-group.ts';
import { openMessage } from '../../src/mls/group/open-message.ts';
import { createApplicationMessage } from '../../src/mls/group/send-message.ts';
import { stageCommit } from '../../src/mls/group/stage-commit.ts';
import { decodeMlsMessage } from '../../src/mls/structures/mls-message.ts';
import {
  addAll,
  asMember,
  type Candidate,
  type Crowd,
  crowdOf,
  updateOf,
  wellUsed,
} from '../../src/mls/testing/crowd.ts';
import { SuiteRecorder } from '../../src/mls/testing/suite-recorder.ts';
import { saying, type Work } from './contender.ts';

/** The product's suite: X-Wing, AES-256-GCM, SHA-384, Ed25519. */
const suiteOfParley = 0xf64a;

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

/** The work with a group, what records its raw operations, and the bytes of what it sends. */
export interface WorkOfParley {
  readonly work: Work;
  readonly recorder: SuiteRecorder;
  readonly bytes: Readonly<Record<'add' | 'welcome' | 'updateFresh' | 'updateUsed' | 'message', number>>;
}

/** Makes groups of so many members with Parley's own library. */
export async function workOfParley(
  count: number,
  crowdBy: (suite: CipherSuite, count: number) => Promise<Crowd> = (suite) => crowdOf(suite, count, random),
): Promise<WorkOfParley> {
  const recorder = new SuiteRecorder(await cipherSuite(suiteOfParley));
  const { suite } = recorder;
  const crowd = await crowdBy(suite, count);
  const last = crowd.candidates.at(-1);
  const { alone, candidates, creator, welcome } = crowd;
  if (last === undefined || welcome === undefined) throw new RangeError('A group of one has nobody to welcome.');
  const joiner = await joinWith(creator, welcome, last);
  const used = await wellUsed(crowd, random);
  const sender = asMember(crowd, used, used.ownLeaf === 0 ? count - 1 : 0);
  const { message } = await updateOf(sender, random);
  const said = await createApplicationMessage(creator, saying, { random });
  const saidLater = await createApplicationMessage(said.state, saying, { random });
  const heard = await openMessage(joiner, decodeMlsMessage(said.message));
  const bytes = {
    add: (await addAll(alone, candidates, random)).message.length,
    welcome: welcome.length,
    updateFresh: (await updateOf(creator, random)).message.length,
    updateUsed: message.length,
    message: said.message.length,
  };
  const work: Work = {
    add: () => addAll(alone, candidates, random),
    join: () => joinWith(creator, welcome, last),
    updateFresh: () => updateOf(creator, random),
    updateUsed: () => updateOf(sender, random),
    process: () => follow(used, message),
    encryptFirst: () => createApplicationMessage(creator, saying, { random }),
    decryptFirst: () => openMessage(joiner, decodeMlsMessage(said.message)),
    encrypt: () => createApplicationMessage(said.state, saying, { random }),
    decrypt: () => openMessage(heard.state, decodeMlsMessage(saidLater.message)),
  };
  return { work, recorder, bytes };
}

async function joinWith({ suite }: GroupState, welcome: Uint8Array, candidate: Candidate): Promise<GroupState> {
  const message = decodeMlsMessage(welcome);
  if (message.wireFormat !== 'mls_welcome') throw new TypeError('The message is no Welcome.');
  return (await joinGroup(suite, { ...candidate, welcome: message.welcome })).state;
}

async function follow(state: GroupState, message: Uint8Array): Promise<GroupState> {
  const opened = await openMessage(state, decodeMlsMessage(message));
  if (opened.content.type !== 'commit') throw new TypeError('The message is no commit.');
  const applied = await applyCommit(await stageCommit(opened.state, opened.content.commit));
  if (applied.type === 'removed') throw new RangeError('An update removes nobody.');
  return applied.state;
}
