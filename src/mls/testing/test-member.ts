import type { Bytes } from '../bytes.ts';
import type { CipherSuite, RandomBytes } from '../crypto/cipher-suite.ts';
import { applyCommit } from '../group/apply-commit.ts';
import { type CommitIntent, type CreatedCommit, createCommit } from '../group/create-commit.ts';
import { createGroup } from '../group/create-group.ts';
import { epochAuthenticator, type GroupState } from '../group/group-state.ts';
import { joinGroup } from '../group/join-group.ts';
import { type OpenedMessage, openMessage, withProposal } from '../group/open-message.ts';
import { createKeyPackage, type KeyPackageSecrets, type LeafIdentity } from '../group/own-key-package.ts';
import { createApplicationMessage } from '../group/send-message.ts';
import { stageCommit } from '../group/stage-commit.ts';
import type { LeafIndex } from '../indices.ts';
import type { Extension } from '../structures/extension.ts';
import type { KeyPackage } from '../structures/key-package.ts';
import { decodeMlsMessage } from '../structures/mls-message.ts';

/** Gives bytes of the platform's generator. */
export const random: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));

/** Returns the bytes of a text. */
export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** Returns what stands in the leaf of a client of this name, with a signature key of its own. */
export async function identityOf(suite: CipherSuite, name: string): Promise<LeafIdentity> {
  return {
    signature: await suite.signature.generateKeyPair(),
    credential: { type: 'basic', identity: utf8(name) },
    capabilities: {
      versions: [1],
      cipherSuites: [suite.id],
      extensions: [0xf002],
      proposals: [],
      credentials: [1],
    },
    lifetime: { notBefore: 0n, notAfter: 0xffff_ffff_ffff_ffffn },
  };
}

/** A member that keeps its own state, as an application would. */
export class TestMember {
  readonly name: string;
  state: GroupState;

  constructor(name: string, state: GroupState) {
    this.name = name;
    this.state = state;
  }

  /** Makes a group of one. */
  static async create(suite: CipherSuite, name: string, extensions: readonly Extension[] = []): Promise<TestMember> {
    const identity = await identityOf(suite, name);
    return new TestMember(name, await createGroup(suite, { groupId: random(16), identity, extensions, random }));
  }

  get suite(): CipherSuite {
    return this.state.suite;
  }

  get leafIndex(): LeafIndex {
    return this.state.ownLeaf;
  }

  get authenticator(): Bytes {
    return epochAuthenticator(this.state);
  }

  /** Makes a commit and takes it as accepted. */
  async commit(intent: Partial<CommitIntent>): Promise<CreatedCommit> {
    const created = await createCommit(this.state, { proposals: [], random, ...intent });
    this.state = created.next;
    return created;
  }

  /** Takes a message in: application data is returned, a proposal kept, a commit applied; true when it removed this member. */
  async receive(message: Bytes): Promise<OpenedMessage & { readonly isRemoved: boolean }> {
    const opened = await openMessage(this.state, decodeMlsMessage(message));
    if (opened.content.type !== 'commit') {
      const { content, state } = opened;
      this.state = content.type === 'proposal' ? withProposal(state, content.proposal) : state;
      return { ...opened, isRemoved: false };
    }
    const applied = await applyCommit(await stageCommit(opened.state, opened.content.commit));
    if (applied.type === 'next_epoch') this.state = applied.state;
    return { ...opened, isRemoved: applied.type === 'removed' };
  }

  /** Encrypts application data. */
  async say(text: string): Promise<Bytes> {
    const sent = await createApplicationMessage(this.state, utf8(text), { random });
    this.state = sent.state;
    return sent.message;
  }
}

/** A client that has a KeyPackage out and waits for a Welcome. */
export class TestClient {
  readonly name: string;
  readonly keyPackage: KeyPackage;
  readonly secrets: KeyPackageSecrets;
  readonly #suite: CipherSuite;

  private constructor(suite: CipherSuite, name: string, keyPackage: KeyPackage, secrets: KeyPackageSecrets) {
    this.#suite = suite;
    this.name = name;
    this.keyPackage = keyPackage;
    this.secrets = secrets;
  }

  /** Makes a client with a KeyPackage. */
  static async create(suite: CipherSuite, name: string): Promise<TestClient> {
    const { keyPackage, secrets } = await createKeyPackage(suite, await identityOf(suite, name), random);
    return new TestClient(suite, name, keyPackage, secrets);
  }

  /** Joins by a Welcome. */
  async join(welcome: Bytes | undefined): Promise<TestMember> {
    const message = decodeMlsMessage(welcome ?? new Uint8Array(0));
    if (message.wireFormat !== 'mls_welcome') throw new Error('The message is not a Welcome.');
    const { keyPackage, secrets } = this;
    const { state } = await joinGroup(this.#suite, { welcome: message.welcome, keyPackage, secrets });
    return new TestMember(this.name, state);
  }
}
