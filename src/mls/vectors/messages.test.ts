import * as v from 'valibot';
import { expect, it } from 'vitest';
import type { Bytes } from '../bytes.ts';
import { type Decoder, decode } from '../codec/reader.ts';
import { type Encoder, encode } from '../codec/writer.ts';
import { readCommit, writeCommit } from '../structures/commit.ts';
import { readGroupSecrets, writeGroupSecrets } from '../structures/group-secrets.ts';
import { decodeMlsMessage, encodeMlsMessage, type MlsMessage } from '../structures/mls-message.ts';
import { readNodeList, writeNodeList } from '../structures/node.ts';
import { type Proposal, proposalBodies, writeProposalBody } from '../structures/proposal.ts';
import { hex, vectorCases } from './testing/load.ts';

/** Decodes and encodes again. */
type Again = (bytes: Bytes) => Bytes;

const structure =
  <T>(read: Decoder<T>, write: Encoder<T>): Again =>
  (bytes) =>
    encode(write, decode(read, bytes));

const body = (type: Proposal['type']): Again => structure(proposalBodies[type], writeProposalBody);

function message(wireFormat: MlsMessage['wireFormat'], contentType?: string): Again {
  return (bytes) => {
    const decoded = decodeMlsMessage(bytes);
    expect(decoded.wireFormat).toBe(wireFormat);
    if (decoded.wireFormat === 'mls_public_message') {
      expect(decoded.publicMessage.content.content.type).toBe(contentType);
    }
    return encodeMlsMessage(decoded);
  };
}

const members: Readonly<Record<string, Again>> = {
  mls_welcome: message('mls_welcome'),
  mls_group_info: message('mls_group_info'),
  mls_key_package: message('mls_key_package'),
  ratchet_tree: structure(readNodeList, writeNodeList),
  group_secrets: structure(readGroupSecrets, writeGroupSecrets),
  add_proposal: body('add'),
  update_proposal: body('update'),
  remove_proposal: body('remove'),
  pre_shared_key_proposal: body('psk'),
  re_init_proposal: body('reinit'),
  external_init_proposal: body('external_init'),
  group_context_extensions_proposal: body('group_context_extensions'),
  commit: structure(readCommit, writeCommit),
  public_message_application: message('mls_public_message', 'application'),
  public_message_proposal: message('mls_public_message', 'proposal'),
  public_message_commit: message('mls_public_message', 'commit'),
  private_message: message('mls_private_message'),
};

const schema = v.record(v.string(), hex);

it('decodes every message of the file as its structure, and encodes it to the same bytes', () => {
  const cases = vectorCases('messages');
  let messages = 0;
  for (const { file, index, value } of cases) {
    const fields = v.parse(schema, value);
    expect(Object.keys(fields).sort()).toEqual(Object.keys(members).sort());
    for (const [name, bytes] of Object.entries(fields)) {
      expect(members[name]?.(bytes), `${name} of case ${index} of ${file}`).toEqual(bytes);
      messages++;
    }
  }
  console.info(`messages: ${cases.length} cases passed, ${messages} messages`);
});
