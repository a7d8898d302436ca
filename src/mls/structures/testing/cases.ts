import type fc from 'fast-check';
import type { Bytes } from '../../bytes.ts';
import { type Decoder, decode } from '../../codec/reader.ts';
import { type Encoder, encode } from '../../codec/writer.ts';
import { readAuthenticatedContent, writeAuthenticatedContent } from '../authenticated-content.ts';
import { readCapabilities, writeCapabilities } from '../capabilities.ts';
import { readCommit, writeCommit } from '../commit.ts';
import { readCredential, writeCredential } from '../credential.ts';
import { decodeRequiredCapabilities, encodeRequiredCapabilities } from '../extension.ts';
import { decodeExternalSenders, encodeExternalSenders } from '../external-sender.ts';
import { readFramedContent, writeFramedContent } from '../framed-content.ts';
import { readGroupContext, writeGroupContext } from '../group-context.ts';
import { readGroupInfo, writeGroupInfo } from '../group-info.ts';
import { readGroupSecrets, writeGroupSecrets } from '../group-secrets.ts';
import { readHpkeCiphertext, writeHpkeCiphertext } from '../hpke-ciphertext.ts';
import { readKeyPackage, writeKeyPackage } from '../key-package.ts';
import { readLeafNode, writeLeafNode } from '../leaf-node.ts';
import { decodeMlsMessage, encodeMlsMessage } from '../mls-message.ts';
import { readNodeList, writeNodeList } from '../node.ts';
import { readParentNode, writeParentNode } from '../parent-node.ts';
import { readPreSharedKeyId, writePreSharedKeyId } from '../pre-shared-key-id.ts';
import { decodeSenderData, encodeSenderData, readPrivateMessage, writePrivateMessage } from '../private-message.ts';
import { readProposal, writeProposal } from '../proposal.ts';
import { readPublicMessage, writePublicMessage } from '../public-message.ts';
import { readSender, writeSender } from '../sender.ts';
import { readUpdatePath, writeUpdatePath } from '../update-path.ts';
import { readWelcome, writeWelcome } from '../welcome.ts';
import * as arbitrary from './arbitrary.ts';

/** One structure of the RFC, of whatever type its values are. */
export interface StructureCase {
  readonly name: string;
  readonly values: fc.Arbitrary<{ readonly value: unknown; readonly encoded: Bytes }>;
  readonly read: (bytes: Uint8Array) => unknown;
  /** Decodes and encodes again. */
  readonly again: (bytes: Uint8Array) => Bytes;
}

function whole<T>(
  name: string,
  values: fc.Arbitrary<T>,
  write: (value: T) => Bytes,
  read: (bytes: Uint8Array) => T,
): StructureCase {
  return {
    name,
    values: values.map((value) => ({ value, encoded: write(value) })),
    read,
    again: (bytes) => write(read(bytes)),
  };
}

function part<T>(name: string, values: fc.Arbitrary<T>, write: Encoder<T>, read: Decoder<T>): StructureCase {
  return whole(
    name,
    values,
    (value) => encode(write, value),
    (bytes) => decode(read, bytes),
  );
}

/** Every structure that is read from bytes of others, but PrivateMessageContent, which ends in padding. */
export const structureCases: readonly StructureCase[] = [
  part('AuthenticatedContent', arbitrary.authenticatedContent, writeAuthenticatedContent, readAuthenticatedContent),
  part('Capabilities', arbitrary.capabilities, writeCapabilities, readCapabilities),
  part('Commit', arbitrary.commit, writeCommit, readCommit),
  part('Credential', arbitrary.credential, writeCredential, readCredential),
  whole('ExternalSender<V>', arbitrary.externalSenders, encodeExternalSenders, decodeExternalSenders),
  part('FramedContent', arbitrary.framedContent, writeFramedContent, readFramedContent),
  part('GroupContext', arbitrary.groupContext, writeGroupContext, readGroupContext),
  part('GroupInfo', arbitrary.groupInfo, writeGroupInfo, readGroupInfo),
  part('GroupSecrets', arbitrary.groupSecrets, writeGroupSecrets, readGroupSecrets),
  part('HPKECiphertext', arbitrary.hpkeCiphertext, writeHpkeCiphertext, readHpkeCiphertext),
  part('KeyPackage', arbitrary.keyPackage, writeKeyPackage, readKeyPackage),
  part('LeafNode', arbitrary.leafNode, writeLeafNode, readLeafNode),
  whole('MLSMessage', arbitrary.mlsMessage, encodeMlsMessage, decodeMlsMessage),
  part('optional<Node> ratchet_tree<V>', arbitrary.nodeList, writeNodeList, readNodeList),
  part('ParentNode', arbitrary.parentNode, writeParentNode, readParentNode),
  part('PreSharedKeyID', arbitrary.preSharedKeyId, writePreSharedKeyId, readPreSharedKeyId),
  part('PrivateMessage', arbitrary.privateMessage, writePrivateMessage, readPrivateMessage),
  part('Proposal', arbitrary.proposal, writeProposal, readProposal),
  part('PublicMessage', arbitrary.publicMessage, writePublicMessage, readPublicMessage),
  whole('RequiredCapabilities', arbitrary.requiredCapabilities, encodeRequiredCapabilities, decodeRequiredCapabilities),
  part('Sender', arbitrary.sender, writeSender, readSender),
  whole('SenderData', arbitrary.senderData, encodeSenderData, decodeSenderData),
  part('UpdatePath', arbitrary.updatePath, writeUpdatePath, readUpdatePath),
  part('Welcome', arbitrary.welcome, writeWelcome, readWelcome),
];
