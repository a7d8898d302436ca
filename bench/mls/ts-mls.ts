import {
  type CiphersuiteImpl,
  type ClientState,
  createApplicationMessage,
  createCommit,
  createGroup,
  type Extension,
  emptyPskIndex,
  generateKeyPackage,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  joinGroup,
  type KeyPackage,
  type MLSMessage,
  type Node,
  type PrivateKeyPackage,
  type PrivateMessage,
  processPrivateMessage,
  type RatchetTree,
} from 'ts-mls';
import { saying, type Work } from './contender.ts';

/** The suite of ts-mls nearest to 0xF64A: X-Wing, AES-256-GCM and Ed25519 too, with SHA-512 in place of SHA-384. */
export const suiteOfTsMls = 'MLS_256_XWING_AES256GCM_SHA512_Ed25519';

const noExtensions: Extension[] = [];

interface Candidate {
  readonly publicPackage: KeyPackage;
  readonly privatePackage: PrivateKeyPackage;
}

/** Makes groups of so many members with ts-mls 1.6.4, on its own cryptography. */
export async function workOfTsMls(count: number): Promise<Work> {
  const suite = await getCiphersuiteImpl(getCiphersuiteFromName(suiteOfTsMls));
  const creator = await candidateOf(suite, 'creator');
  const groupId = crypto.getRandomValues(new Uint8Array(16));
  const alone = await createGroup(groupId, creator.publicPackage, creator.privatePackage, noExtensions, suite);
  const candidates: Candidate[] = [];
  for (let at = 1; at < count; at++) candidates.push(await candidateOf(suite, `member ${at}`));
  const extraProposals = candidates.map(({ publicPackage }) => ({
    proposalType: 'add' as const,
    add: { keyPackage: publicPackage },
  }));
  const add = () => createCommit({ state: alone, cipherSuite: suite }, { extraProposals, ratchetTreeExtension: true });
  const { newState: fresh, welcome } = await add();
  const last = candidates.at(-1);
  if (last === undefined || welcome === undefined) throw new RangeError('A group of one has nobody to welcome.');
  const join = () => joinGroup(welcome, last.publicPackage, last.privatePackage, emptyPskIndex, suite);
  const update = (state: ClientState) => createCommit({ state, cipherSuite: suite });
  const used = await wellUsed(suite, fresh, await join());
  const { commit } = await update(used.sender);
  const said = await createApplicationMessage(fresh, saying, suite);
  const saidLater = await createApplicationMessage(said.newState, saying, suite);
  const receiver = await join();
  const heard = await processPrivateMessage(receiver, said.privateMessage, emptyPskIndex, suite);
  return {
    add,
    join,
    updateFresh: () => update(fresh),
    updateUsed: () => update(used.sender),
    process: () => processPrivateMessage(used.receiver, privateMessageOf(commit), emptyPskIndex, suite),
    encryptFirst: () => createApplicationMessage(fresh, saying, suite),
    decryptFirst: () => processPrivateMessage(receiver, said.privateMessage, emptyPskIndex, suite),
    encrypt: () => createApplicationMessage(said.newState, saying, suite),
    decrypt: () => processPrivateMessage(heard.newState, saidLater.privateMessage, emptyPskIndex, suite),
  };
}

function candidateOf(suite: CiphersuiteImpl, name: string): Promise<Candidate> {
  const credential = { credentialType: 'basic' as const, identity: new TextEncoder().encode(name) };
  const capabilities = {
    versions: ['mls10' as const],
    ciphersuites: [suite.name],
    extensions: [],
    proposals: [],
    credentials: ['basic' as const],
  };
  const lifetime = { notBefore: 0n, notAfter: 4_102_444_800n };
  return generateKeyPackage(credential, capabilities, lifetime, noExtensions, suite);
}

function privateMessageOf(message: MLSMessage): PrivateMessage {
  if (message.wireformat !== 'mls_private_message') throw new TypeError('The commit is not a PrivateMessage.');
  return message.privateMessage;
}

/**
 * Gives every parent a key, as if each member had committed once, which would take ts-mls minutes. Neither a commit in such a tree nor
 * the following of one looks at what these keys came from.
 */
async function wellUsed(suite: CiphersuiteImpl, sender: ClientState, receiver: ClientState) {
  const ratchetTree: RatchetTree = [...sender.ratchetTree];
  const privateKeys = { ...receiver.privatePath.privateKeys };
  for (let place = 1; place < ratchetTree.length; place += 2) {
    const pair = await suite.hpke.deriveKeyPair(crypto.getRandomValues(new Uint8Array(64)));
    ratchetTree[place] = parentOf(await suite.hpke.exportPublicKey(pair.publicKey));
    privateKeys[place] = await suite.hpke.exportPrivateKey(pair.privateKey);
  }
  const privatePath = { ...receiver.privatePath, privateKeys };
  return { sender: { ...sender, ratchetTree }, receiver: { ...receiver, ratchetTree, privatePath } };
}

function parentOf(hpkePublicKey: Uint8Array): Node {
  return { nodeType: 'parent', parent: { hpkePublicKey, parentHash: new Uint8Array(), unmergedLeaves: [] } };
}
