import type { Bytes } from '../bytes.ts';
import { encode, Writer } from '../codec/writer.ts';
import { signWithLabel } from '../crypto/labels.ts';
import type { GroupState } from '../group/group-state.ts';
import { mls10, wireFormats } from '../structures/enumerations.ts';
import { writeFramedContent } from '../structures/framed-content.ts';
import { forgeAsMember, type HostileCommit } from './hostile-member.ts';

/** A commit as bytes that its sender can alter and then sign. */
export interface ResignedCommit {
  /** The FramedContent of the good commit. */
  readonly content: Bytes;
  /** Returns a PublicMessage of any bytes in its place, with signature and membership tag over them, and the good commit's confirmation tag. */
  send(content: Bytes): Promise<Bytes>;
}

/** Makes a commit in a PublicMessage whose content is open to be altered before it is signed: Ed25519 gives the good one one signature. */
export async function resigned(state: GroupState, commit: HostileCommit): Promise<ResignedCommit> {
  const { suite } = state;
  const { authenticated } = await forgeAsMember(state, { ...commit, wireFormat: 'mls_public_message' });
  const send = async (content: Bytes): Promise<Bytes> => {
    const head = new Writer();
    head.u16(mls10);
    head.u16(wireFormats.mls_public_message);
    head.fixed(content);
    const framed = head.finish();
    const signed = new Writer();
    signed.fixed(framed);
    signed.fixed(state.contextBytes);
    const toBeSigned = signed.finish();
    const signature = await signWithLabel(suite, state.signatureKey, 'FramedContentTBS', toBeSigned);
    const auth = new Writer();
    auth.opaque(signature);
    auth.opaque(authenticated.auth.confirmationTag ?? new Uint8Array(0));
    const authData = auth.finish();
    const maced = new Writer();
    maced.fixed(toBeSigned);
    maced.fixed(authData);
    const message = new Writer();
    message.fixed(framed);
    message.fixed(authData);
    message.opaque(suite.mac(state.secrets.membershipKey, maced.finish()));
    return message.finish();
  };
  return { content: encode(writeFramedContent, authenticated.content), send };
}
