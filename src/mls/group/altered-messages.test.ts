import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Bytes } from '../bytes.ts';
import { encode } from '../codec/writer.ts';
import type { CipherSuite } from '../crypto/cipher-suite.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { toLeafIndex } from '../indices.ts';
import { decodeMlsMessage, encodeMlsMessage } from '../structures/mls-message.ts';
import { writeNodeList } from '../structures/node.ts';
import { alterationsOf } from '../testing/altered-bytes.ts';
import { codeOf } from '../testing/code-of.ts';
import { forgeWelcome } from '../testing/forged-welcome.ts';
import { groupOf } from '../testing/group-of.ts';
import { forgeAsMember, hostileCommit, hostileMessage } from '../testing/hostile-member.ts';
import { receive, refusal } from '../testing/reception.ts';
import { resigned } from '../testing/resigned.ts';
import { random, TestClient, type TestMember, utf8 } from '../testing/test-member.ts';
import { nodesOf } from '../tree/node-list.ts';
import { createCommit } from './create-commit.ts';
import { joinGroup } from './join-group.ts';
import { encodeState } from './snapshot.ts';

// Keys and ciphertexts of the second suite are a hundred times longer: fewer of its bytes, in the slow job as well.
describe.each([
  [1, 60, 1],
  [0xf64a, 12, 23],
])('an altered message in suite %i', (id, places, exhaustiveStride) => {
  let suite: CipherSuite;
  let reader: TestMember;
  let mallory: TestMember;
  let client: TestClient;

  beforeAll(async () => {
    suite = await cipherSuite(id);
    [reader, mallory] = await groupOf(suite, 3);
    client = await TestClient.create(suite, 'new');
  });

  /** Shows that `take` refuses each alteration with a code, that the reader's state stays as it was, and that the bytes are still good after that. */
  async function sweep(bytes: Bytes, take: (bytes: Bytes) => Promise<unknown>): Promise<readonly string[]> {
    const stride = inject('exhaustive') ? exhaustiveStride : Math.ceil(bytes.length / places);
    const before = encodeState(reader.state);
    const accepted: string[] = [];
    const codes: string[] = [];
    for (const { name, bytes: altered } of alterationsOf(bytes, stride)) {
      const code = await codeOf(() => take(altered));
      if (code === 'accepted') accepted.push(name);
      codes.push(code);
    }
    expect(accepted).toEqual([]);
    expect(encodeState(reader.state)).toEqual(before);
    expect(await codeOf(() => take(bytes))).toBe('accepted');
    return codes;
  }

  const receiveAltered = (bytes: Bytes) => receive(reader.state, bytes);

  it.each(['mls_private_message', 'mls_public_message'] as const)(
    'is refused as a commit in an %s',
    async (wireFormat) => {
      const { keyPackage } = client;
      const proposals = [
        { type: 'add', keyPackage },
        { type: 'remove', removed: toLeafIndex(2) },
      ] as const;
      await sweep(await hostileCommit(mallory.state, { proposals, wireFormat }), receiveAltered);
    },
  );

  it('is refused as a proposal', async () => {
    const content = { type: 'proposal', proposal: { type: 'remove', removed: toLeafIndex(1) } } as const;
    for (const wireFormat of ['mls_private_message', 'mls_public_message'] as const) {
      await sweep((await hostileMessage(mallory.state, content, { wireFormat })).message, receiveAltered);
    }
  });

  it('is refused as application data', async () => {
    const { message } = await hostileMessage(mallory.state, { type: 'application', data: utf8('text') });
    await sweep(message, receiveAltered);
  });

  it('is refused as a commit that a hostile member alters before it signs it', async () => {
    const { keyPackage } = client;
    const proposals = [
      { type: 'add', keyPackage },
      { type: 'remove', removed: toLeafIndex(2) },
      { type: 'group_context_extensions', extensions: [{ type: 0xf002, data: random(3) }] },
    ] as const;
    const { content, send } = await resigned(mallory.state, { proposals });
    await sweep(content, async (bytes) => receiveAltered(await send(bytes)));
  });

  it('is refused as a KeyPackage that a hostile member adds, or that one is to add oneself', async () => {
    const { keyPackage } = client;
    const encoded = encodeMlsMessage({ wireFormat: 'mls_key_package', keyPackage });
    await sweep(encoded, async (bytes) => {
      const message = decodeMlsMessage(bytes);
      if (message.wireFormat !== 'mls_key_package') return receiveAltered(bytes);
      return createCommit(reader.state, { proposals: [{ type: 'add', keyPackage: message.keyPackage }], random });
    });
    const { content, send } = await resigned(mallory.state, {
      proposals: [{ type: 'add', keyPackage }],
      withPath: false,
    });
    const codes = await sweep(content, async (bytes) => receiveAltered(await send(bytes)));
    expect(codes).toContain('key_package_signature_invalid');
  });

  it('is refused as a Welcome, and as the tree beside it', async () => {
    const { keyPackage, secrets } = client;
    const created = await createCommit(mallory.state, {
      proposals: [{ type: 'add', keyPackage }],
      random,
      withPath: true,
    });
    await sweep(created.welcome ?? random(0), async (bytes) => {
      const message = decodeMlsMessage(bytes);
      if (message.wireFormat !== 'mls_welcome') return receiveAltered(bytes);
      return joinGroup(suite, { welcome: message.welcome, keyPackage, secrets });
    });
    const made = await forgeAsMember(mallory.state, { proposals: [{ type: 'add', keyPackage }] });
    const welcome = await forgeWelcome(made, keyPackage, { info: (info) => ({ ...info, extensions: [] }) });
    await sweep(encode(writeNodeList, nodesOf(made.next.tree)), async (ratchetTree) =>
      joinGroup(suite, { welcome, keyPackage, secrets, ratchetTree }),
    );
  });

  it('is refused when it comes again', async () => {
    const [first, second] = await groupOf(suite, 2);
    const said = await second.say('once');
    await first.receive(said);
    expect(await refusal(first.state, said)).toBe('generation_consumed');
    const { message } = await second.commit({ withPath: true });
    await first.receive(message);
    expect(await refusal(first.state, message)).toBe('epoch_in_the_past');
    expect(await refusal(first.state, said)).toBe('epoch_in_the_past');
  });
});
