import fc from 'fast-check';
import type { Bytes } from '../../bytes.ts';
import { type LeafIndex, toLeafIndex } from '../../indices.ts';
import type { AuthenticatedContent, FramedContentAuthData } from '../authenticated-content.ts';
import type { Capabilities } from '../capabilities.ts';
import type { Commit, ProposalOrRef } from '../commit.ts';
import type { Credential } from '../credential.ts';
import type { Extension, RequiredCapabilities } from '../extension.ts';
import type { ExternalSender } from '../external-sender.ts';
import type { Content, FramedContent } from '../framed-content.ts';
import type { GroupContext } from '../group-context.ts';
import type { GroupInfo } from '../group-info.ts';
import type { GroupSecrets } from '../group-secrets.ts';
import type { HpkeCiphertext } from '../hpke-ciphertext.ts';
import type { KeyPackage } from '../key-package.ts';
import type { LeafNode, LeafNodeSource } from '../leaf-node.ts';
import type { MlsMessage } from '../mls-message.ts';
import type { Node, NodeList } from '../node.ts';
import type { ParentNode } from '../parent-node.ts';
import type { PreSharedKeyId } from '../pre-shared-key-id.ts';
import type { PrivateMessage, SenderData } from '../private-message.ts';
import type { Proposal } from '../proposal.ts';
import type { PublicMessage } from '../public-message.ts';
import type { Sender } from '../sender.ts';
import type { UpdatePath } from '../update-path.ts';
import type { Welcome } from '../welcome.ts';

/** Bytes of lengths on both sides of 64, where the length of a vector takes a second byte. */
const bytes: fc.Arbitrary<Bytes> = fc
  .oneof({ weight: 6, arbitrary: fc.uint8Array({ maxLength: 8 }) }, fc.uint8Array({ minLength: 62, maxLength: 66 }))
  .map((value) => new Uint8Array(value));

const bytesOf = (length: number): fc.Arbitrary<Bytes> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((value) => new Uint8Array(value));
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u64 = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });
const leafIndex: fc.Arbitrary<LeafIndex> = u32.map(toLeafIndex);
const few = { maxLength: 3 };
const numbers = fc.array(u16, few);
const is = <const T extends string>(type: T): fc.Arbitrary<T> => fc.constant(type);

const extensions: fc.Arbitrary<readonly Extension[]> = fc.uniqueArray(fc.record({ type: u16, data: bytes }), {
  ...few,
  selector: (extension) => extension.type,
});

export const requiredCapabilities: fc.Arbitrary<RequiredCapabilities> = fc.record({
  extensionTypes: numbers,
  proposalTypes: numbers,
  credentialTypes: numbers,
});

export const credential: fc.Arbitrary<Credential> = fc.oneof(
  fc.record({ type: is('basic'), identity: bytes }),
  fc.record({ type: is('x509'), certificates: fc.array(bytes, few) }),
);

export const externalSenders: fc.Arbitrary<readonly ExternalSender[]> = fc.array(
  fc.record({ signatureKey: bytes, credential }),
  few,
);

export const capabilities: fc.Arbitrary<Capabilities> = fc.record({
  versions: numbers,
  cipherSuites: numbers,
  extensions: numbers,
  proposals: numbers,
  credentials: numbers,
});

const source: fc.Arbitrary<LeafNodeSource> = fc.oneof(
  fc.record({ type: is('key_package'), lifetime: fc.record({ notBefore: u64, notAfter: u64 }) }),
  fc.record({ type: is('update') }),
  fc.record({ type: is('commit'), parentHash: bytes }),
);

export const leafNode: fc.Arbitrary<LeafNode> = fc.record({
  encryptionKey: bytes,
  signatureKey: bytes,
  credential,
  capabilities,
  source,
  extensions,
  signature: bytes,
});

export const parentNode: fc.Arbitrary<ParentNode> = fc.record({
  encryptionKey: bytes,
  parentHash: bytes,
  unmergedLeaves: fc.array(leafIndex, few),
});

const node: fc.Arbitrary<Node> = fc.oneof(
  fc.record({ type: is('leaf'), leaf: leafNode }),
  fc.record({ type: is('parent'), parent: parentNode }),
);

export const nodeList: fc.Arbitrary<NodeList> = fc.array(fc.option(node, { nil: undefined }), { maxLength: 4 });

export const keyPackage: fc.Arbitrary<KeyPackage> = fc.record({
  cipherSuite: u16,
  initKey: bytes,
  leafNode,
  extensions,
  signature: bytes,
});

export const preSharedKeyId: fc.Arbitrary<PreSharedKeyId> = fc.oneof(
  fc.record({ type: is('external'), pskId: bytes, nonce: bytes }),
  fc.record({
    type: is('resumption'),
    usage: fc.constantFrom('application', 'reinit', 'branch'),
    groupId: bytes,
    epoch: u64,
    nonce: bytes,
  }),
);

export const proposal: fc.Arbitrary<Proposal> = fc.oneof(
  fc.record({ type: is('add'), keyPackage }),
  fc.record({ type: is('update'), leafNode }),
  fc.record({ type: is('remove'), removed: leafIndex }),
  fc.record({ type: is('psk'), psk: preSharedKeyId }),
  fc.record({ type: is('reinit'), groupId: bytes, version: u16, cipherSuite: u16, extensions }),
  fc.record({ type: is('external_init'), kemOutput: bytes }),
  fc.record({ type: is('group_context_extensions'), extensions }),
);

export const hpkeCiphertext: fc.Arbitrary<HpkeCiphertext> = fc.record({ kemOutput: bytes, ciphertext: bytes });

export const updatePath: fc.Arbitrary<UpdatePath> = fc.record({
  leafNode,
  nodes: fc.array(fc.record({ encryptionKey: bytes, encryptedPathSecret: fc.array(hpkeCiphertext, few) }), few),
});

const proposalOrRef: fc.Arbitrary<ProposalOrRef> = fc.oneof(
  fc.record({ type: is('proposal'), proposal }),
  fc.record({ type: is('reference'), reference: bytes }),
);

export const commit: fc.Arbitrary<Commit> = fc.record({
  proposals: fc.array(proposalOrRef, few),
  path: fc.option(updatePath, { nil: undefined }),
});

export const sender: fc.Arbitrary<Sender> = fc.oneof(
  fc.record({ type: is('member'), leafIndex }),
  fc.record({ type: is('external'), senderIndex: u32 }),
  fc.record({ type: is('new_member_proposal') }),
  fc.record({ type: is('new_member_commit') }),
);

export const content: fc.Arbitrary<Content> = fc.oneof(
  fc.record({ type: is('application'), data: bytes }),
  fc.record({ type: is('proposal'), proposal }),
  fc.record({ type: is('commit'), commit }),
);

export const framedContent: fc.Arbitrary<FramedContent> = fc.record({
  groupId: bytes,
  epoch: u64,
  sender,
  authenticatedData: bytes,
  content,
});

/** The authentication of a content of this type. */
export const authData = (type: Content['type']): fc.Arbitrary<FramedContentAuthData> =>
  fc.record({ signature: bytes, confirmationTag: type === 'commit' ? bytes : fc.constant(undefined) });

export const authenticatedContent: fc.Arbitrary<AuthenticatedContent> = framedContent.chain((framed) =>
  fc.record({
    wireFormat: fc.constantFrom('mls_public_message', 'mls_private_message'),
    content: fc.constant(framed),
    auth: authData(framed.content.type),
  }),
);

export const publicMessage: fc.Arbitrary<PublicMessage> = framedContent.chain((framed) =>
  fc.record({
    content: fc.constant(framed),
    auth: authData(framed.content.type),
    membershipTag: framed.sender.type === 'member' ? bytes : fc.constant(undefined),
  }),
);

export const privateMessage: fc.Arbitrary<PrivateMessage> = fc.record({
  groupId: bytes,
  epoch: u64,
  contentType: fc.constantFrom('application', 'proposal', 'commit'),
  authenticatedData: bytes,
  encryptedSenderData: bytes,
  ciphertext: bytes,
});

export const senderData: fc.Arbitrary<SenderData> = fc.record({
  leafIndex,
  generation: u32,
  reuseGuard: bytesOf(4),
});

export const groupContext: fc.Arbitrary<GroupContext> = fc.record({
  cipherSuite: u16,
  groupId: bytes,
  epoch: u64,
  treeHash: bytes,
  confirmedTranscriptHash: bytes,
  extensions,
});

export const groupInfo: fc.Arbitrary<GroupInfo> = fc.record({
  groupContext,
  extensions,
  confirmationTag: bytes,
  signer: leafIndex,
  signature: bytes,
});

export const groupSecrets: fc.Arbitrary<GroupSecrets> = fc.record({
  joinerSecret: bytes,
  pathSecret: fc.option(bytes, { nil: undefined }),
  psks: fc.array(preSharedKeyId, few),
});

export const welcome: fc.Arbitrary<Welcome> = fc.record({
  cipherSuite: u16,
  secrets: fc.array(fc.record({ newMember: bytes, encryptedGroupSecrets: hpkeCiphertext }), few),
  encryptedGroupInfo: bytes,
});

export const mlsMessage: fc.Arbitrary<MlsMessage> = fc.oneof(
  fc.record({ wireFormat: is('mls_public_message'), publicMessage }),
  fc.record({ wireFormat: is('mls_private_message'), privateMessage }),
  fc.record({ wireFormat: is('mls_welcome'), welcome }),
  fc.record({ wireFormat: is('mls_group_info'), groupInfo }),
  fc.record({ wireFormat: is('mls_key_package'), keyPackage }),
);
