import {
  acceptAll,
  type CiphersuiteImpl,
  type ClientState,
  createApplicationMessage,
  createCommit,
  createGroup,
  createGroupInfoWithExternalPubAndRatchetTree,
  createProposal,
  decodeMlsMessage,
  defaultCapabilities,
  defaultLifetime,
  encodeMlsMessage,
  generateKeyPackage,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  joinGroup,
  joinGroupExternal,
  type KeyPackage,
  type MLSMessage,
  makePskIndex,
  mlsExporter,
  type PrivateKeyPackage,
  type Proposal,
  processMessage,
} from 'ts-mls';
import { type Bytes, toHex } from '../../bytes.ts';

/** Suite 1 of ts-mls, on its own cryptography. */
export function suiteOfTsMls(): Promise<CiphersuiteImpl> {
  return getCiphersuiteImpl(getCiphersuiteFromName('MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519'));
}

/** What a commit of ts-mls consists of. */
export interface TsMlsCommit {
  readonly message: Bytes;
  readonly welcome: Bytes | undefined;
}

/** A client of ts-mls with a KeyPackage out. */
export class TsMlsClient {
  readonly suite: CiphersuiteImpl;
  readonly publicPackage: KeyPackage;
  readonly privatePackage: PrivateKeyPackage;

  private constructor(suite: CiphersuiteImpl, publicPackage: KeyPackage, privatePackage: PrivateKeyPackage) {
    this.suite = suite;
    this.publicPackage = publicPackage;
    this.privatePackage = privatePackage;
  }

  static async create(suite: CiphersuiteImpl, name: string): Promise<TsMlsClient> {
    const credential = { credentialType: 'basic' as const, identity: new TextEncoder().encode(name) };
    const made = await generateKeyPackage(credential, defaultCapabilities(), defaultLifetime, [], suite);
    return new TsMlsClient(suite, made.publicPackage, made.privatePackage);
  }

  /** The KeyPackage as an MLSMessage. */
  get keyPackage(): Bytes {
    return encoded({ version: 'mls10', wireformat: 'mls_key_package', keyPackage: this.publicPackage });
  }

  async createGroup(groupId: Bytes): Promise<TsMlsMember> {
    const { publicPackage, privatePackage, suite } = this;
    return new TsMlsMember(suite, await createGroup(groupId, publicPackage, privatePackage, [], suite));
  }

  async join(welcome: Bytes): Promise<TsMlsMember> {
    const message = decoded(welcome);
    if (message.wireformat !== 'mls_welcome') throw new TypeError('The message is no Welcome.');
    const { publicPackage, privatePackage, suite } = this;
    const state = await joinGroup(message.welcome, publicPackage, privatePackage, makePskIndex(undefined, {}), suite);
    return new TsMlsMember(suite, state);
  }

  /** Joins by an external commit to what a member of ts-mls says of the group. */
  async joinExternally(inviter: TsMlsMember): Promise<{ readonly member: TsMlsMember; readonly message: Bytes }> {
    const { publicPackage, privatePackage, suite } = this;
    const info = await createGroupInfoWithExternalPubAndRatchetTree(inviter.state, [], suite);
    const { newState, publicMessage } = await joinGroupExternal(info, publicPackage, privatePackage, false, suite);
    const message = encoded({ version: 'mls10', wireformat: 'mls_public_message', publicMessage });
    return { member: new TsMlsMember(suite, newState), message };
  }
}

/** A member that ts-mls plays. */
export class TsMlsMember {
  readonly suite: CiphersuiteImpl;

  state: ClientState;

  constructor(suite: CiphersuiteImpl, state: ClientState) {
    this.suite = suite;
    this.state = state;
  }

  get leafIndex(): number {
    return this.state.privatePath.leafIndex;
  }

  get authenticator(): string {
    return toHex(this.state.keySchedule.epochAuthenticator);
  }

  async exported(label: string, context: Bytes, length: number): Promise<string> {
    return toHex(await mlsExporter(this.state.keySchedule.exporterSecret, label, context, length, this.suite));
  }

  async say(text: string): Promise<Bytes> {
    const { newState, privateMessage } = await createApplicationMessage(
      this.state,
      new TextEncoder().encode(text),
      this.suite,
    );
    this.state = newState;
    return encoded({ version: 'mls10', wireformat: 'mls_private_message', privateMessage });
  }

  async commit(proposals: Proposal[] = [], isPublic = false): Promise<TsMlsCommit> {
    const context = { state: this.state, cipherSuite: this.suite };
    const { commit, newState, welcome } = await createCommit(context, {
      extraProposals: proposals,
      ratchetTreeExtension: true,
      wireAsPublicMessage: isPublic,
    });
    this.state = newState;
    return {
      message: encoded(commit),
      welcome: welcome && encoded({ version: 'mls10', wireformat: 'mls_welcome', welcome }),
    };
  }

  async proposeToLeave(): Promise<Bytes> {
    const proposal: Proposal = { proposalType: 'remove', remove: { removed: this.leafIndex } };
    const { message, newState } = await createProposal(this.state, false, proposal, this.suite);
    this.state = newState;
    return encoded(message);
  }

  /** Takes a message in. Returns the text of an application message. */
  async receive(message: Bytes): Promise<string | undefined> {
    const read = decoded(message);
    if (read.wireformat !== 'mls_private_message' && read.wireformat !== 'mls_public_message') {
      throw new TypeError('The message is none of a group.');
    }
    const psks = makePskIndex(this.state, {});
    const processed = await processMessage(read, this.state, psks, acceptAll, this.suite);
    this.state = processed.newState;
    return processed.kind === 'applicationMessage' ? new TextDecoder().decode(processed.message) : undefined;
  }
}

/** Returns an Add of a KeyPackage that came as an MLSMessage. */
export function additionOf(keyPackage: Bytes): Proposal {
  const message = decoded(keyPackage);
  if (message.wireformat !== 'mls_key_package') throw new TypeError('The message is no KeyPackage.');
  return { proposalType: 'add', add: { keyPackage: message.keyPackage } };
}

function encoded(message: MLSMessage): Bytes {
  return new Uint8Array(encodeMlsMessage(message));
}

function decoded(bytes: Bytes): MLSMessage {
  const read = decodeMlsMessage(bytes, 0);
  if (read === undefined || read[1] !== bytes.length) throw new TypeError('ts-mls cannot read the message.');
  return read[0];
}
