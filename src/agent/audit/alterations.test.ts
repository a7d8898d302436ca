import fc from 'fast-check';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { toHex } from '../../protocol/bytes.ts';
import { canonicalText } from '../../protocol/wire/canonical.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import { hashEntry } from './entry/chain.ts';
import {
  closeExport,
  leavesOf,
  type OpenExport,
  object,
  openExport,
  rehashed,
  withLeafChanged,
} from './testing/alter.ts';
import { converse, entriesOf, resumedTraveller } from './testing/conversation.ts';
import { signAnew, withoutWhatWasResumed } from './testing/sign-anew.ts';
import { verifyExport } from './verify/verify-export.ts';

const encoder = new TextEncoder();
let text: string;
let file: OpenExport;
let other: OpenExport;
/** The export of an agent that has resumed a session, and what signs its head: the agent itself alters it. */
let resumed: OpenExport;
let signingKey: CryptoKey;

beforeAll(async () => {
  const { traveller, helper } = await converse();
  const disclosed = (await entriesOf(traveller)).filter(({ canDisclose }) => canDisclose === true).slice(1, 4);
  text = await traveller.audit.export(disclosed.map(({ index }) => index));
  file = openExport(text);
  other = openExport(await helper.audit.export([]));
  const { agent, signingKey: key } = await resumedTraveller();
  resumed = openExport(await agent.audit.export([]));
  signingKey = key;
});

/** What somebody has made of the export, and the entry that has to be pointed at where that can be told. */
interface Altered {
  readonly text: string;
  readonly at?: number;
  /** An altered form may be no export any more, and then no entry is named. */
  readonly mayBeUnreadable?: boolean;
}

type Alter = (a: number, b: number) => Altered | Promise<Altered>;

const withMember = (entry: JsonObject, b: number) => ({ ...entry, [['note', 'zz', '__proto'][pick(3, b)] ?? '']: b });
const pick = (count: number, a: number) => a % count;
const closed = (entries: OpenExport['entries'], more: Partial<OpenExport> = {}) =>
  closeExport({ ...file, entries, ...more });

/** One member of one entry changed; the hash as it was. */
function edited(a: number, b: number) {
  const at = pick(file.entries.length, a);
  const kept = file.entries[at];
  if (kept === undefined) throw new TypeError('There is no such entry.');
  const leaves = leavesOf(kept.entry);
  const leaf = leaves[pick(leaves.length, b)] ?? [];
  const entry = object(withLeafChanged(kept.entry, leaf, b));
  const entries = file.entries.map((one, i) => (i === at ? { hash: kept.hash, entry } : one));
  return { at, kept, leaf, entries };
}

/** One signed member of an entry of some kind changed, every hash made anew, and the head signed by the agent itself. */
async function signedAnew(kind: string, a: number, b: number): Promise<Altered> {
  const places = resumed.entries.flatMap(({ entry }, i) => (entry.kind === kind ? [i] : []));
  const at = places[pick(places.length, a)] ?? 0;
  const entry = resumed.entries[at]?.entry ?? {};
  const leaves = leavesOf(entry).filter(
    (path) => signedMembers[kind]?.includes(path[0] ?? '') && path.join() !== 'resume_accept,binder',
  );
  const leaf = leaves[pick(leaves.length, b)] ?? [];
  const text = await signAnew(resumed, signingKey, at, object(withLeafChanged(entry, leaf, a)));
  // A resumption of what is not in the trail could be true: it is called not proven.
  return leaf[0] === 'resumes' ? { text } : { text, at };
}

const alterations: Readonly<Record<string, Alter>> = {
  'a bit flipped': (a, b) => {
    const bytes = encoder.encode(text);
    const position = pick(bytes.length, a * 7_919 + b);
    bytes[position] = (bytes[position] ?? 0) ^ (1 << pick(8, b));
    const line = text.slice(0, position).split('\n').length - 1;
    const first = text.slice(0, text.indexOf('"entries":[')).split('\n').length;
    const at = line - first;
    const altered = new TextDecoder().decode(bytes);
    return at >= 0 && at < file.entries.length ? { text: altered, at, mayBeUnreadable: true } : { text: altered };
  },
  'a member of an entry changed': (a, b) => {
    const { at, entries } = edited(a, b);
    return { text: closed(entries), at };
  },
  'a member changed and its hash made anew': async (a, b) => {
    const { at, entries } = edited(a, b);
    return { text: closed(await withHash(entries, at)), at };
  },
  'a member changed and every hash after it made anew': async (a, b) => {
    const { at, entries, kept, leaf } = edited(a, b);
    const isPlace = leaf[0] === 'index' || leaf[0] === 'prev';
    const proof = signedMembers[String(kept.entry.kind)] ?? [];
    const anew = closeExport(await rehashed({ ...file, entries }, at));
    if (isPlace) return { text: closed(entries), at };
    return proof.includes(leaf[0] ?? '') ? { text: anew, at } : { text: anew };
  },
  'a certificate changed by the agent itself': (a, b) => signedAnew('certificate', a, b),
  'a handshake changed by the agent itself': (a, b) => signedAnew('handshake', a, b),
  'a resumption changed by the agent itself': (a, b) => signedAnew('resumption', a, b),
  'a message changed by the agent itself': (a, b) => signedAnew('message', a, b),
  'a member added to an entry': (a, b) => {
    const at = pick(file.entries.length, a);
    const entries = file.entries.map((one, i) => (i === at ? { ...one, entry: withMember(one.entry, b) } : one));
    return { text: closed(entries), at };
  },
  'a member added to an entry by the agent itself': async (a, b) => {
    const at = pick(resumed.entries.length, a);
    return { text: await signAnew(resumed, signingKey, at, withMember(resumed.entries[at]?.entry ?? {}, b)), at };
  },
  'an entry dropped': (a) => {
    const at = pick(file.entries.length, a);
    return { text: closed(file.entries.toSpliced(at, 1)), at };
  },
  'an entry dropped and everything after it made anew': async (a) => {
    const at = pick(file.entries.length, a);
    return { text: closeExport(await rehashed({ ...file, entries: file.entries.toSpliced(at, 1) }, at)) };
  },
  'an entry doubled': (a) => {
    const at = pick(file.entries.length, a);
    return { text: closed(file.entries.toSpliced(at, 0, ...file.entries.slice(at, at + 1))), at: at + 1 };
  },
  'a message doubled and everything after it made anew': async (a) => {
    const messages = file.entries.flatMap(({ entry }, i) => (entry.kind === 'message' ? [i] : []));
    const at = messages[pick(messages.length, a)] ?? 0;
    const entries = file.entries.toSpliced(at, 0, ...file.entries.slice(at, at + 1));
    return { text: closeExport(await rehashed({ ...file, entries }, at)), at: at + 1 };
  },
  'two entries swapped': (a, b) => {
    const [first, second] = [pick(file.entries.length - 1, a), pick(file.entries.length - 1, b)];
    const at = Math.min(first, second);
    const to = first === second ? at + 1 : Math.max(first, second);
    const entries = file.entries.map((one, i) => file.entries[i === at ? to : i === to ? at : i] ?? one);
    return { text: closed(entries), at };
  },
  'the end cut off': (a) => {
    const at = pick(file.entries.length, a);
    return { text: closed(file.entries.slice(0, at)), at };
  },
  'the end cut off and the head with it': async (a) => {
    const at = pick(file.entries.length, a);
    return { text: closeExport(await rehashed({ ...file, entries: file.entries.slice(0, at) }, at)) };
  },
  'an entry of another trail in its place': (a) => {
    const at = pick(Math.min(file.entries.length, other.entries.length), a);
    return { text: closed(file.entries.map((one, i) => (i === at ? (other.entries[at] ?? one) : one))), at };
  },
  'the signature of another message, and every hash made anew': async (a, b) => {
    const messages = file.entries.flatMap(({ entry }, i) => (entry.kind === 'message' ? [i] : []));
    const at = messages[pick(messages.length, a)] ?? 0;
    const from = messages[pick(messages.length, a + 1 + pick(messages.length - 1, b))] ?? 0;
    const signature = file.entries[from]?.entry.signature ?? '';
    const entries = file.entries.map((one, i) => (i === at ? { ...one, entry: { ...one.entry, signature } } : one));
    return { text: closeExport(await rehashed({ ...file, entries }, at)), at };
  },
  'a part of another export': (a) => {
    const names = ['agent_id', 'ca_certificate', 'certificate', 'head', 'signature'].filter(
      (name) => JSON.stringify(file.top[name]) !== JSON.stringify(other.top[name]),
    );
    const name = names[pick(names.length, a)] ?? '';
    return { text: closed(file.entries, { top: { ...file.top, [name]: other.top[name] ?? null } }) };
  },
  'a member beside the entries changed': (a, b) => {
    const leaves = leavesOf(file.top);
    const leaf = leaves[pick(leaves.length, a)] ?? [];
    return { text: closed(file.entries, { top: object(withLeafChanged(file.top, leaf, b)) }) };
  },
  'a disclosure changed': (a, b) => {
    const at = pick(file.disclosures.length, a);
    const disclosures = file.disclosures.map((one, i) => {
      const leaves = leavesOf(one);
      return i === at ? object(withLeafChanged(one, leaves[pick(leaves.length, b)] ?? [], b)) : one;
    });
    return { text: closed(file.entries, { disclosures }) };
  },
  'a member added to what is disclosed': (a, b) => {
    const at = pick(file.disclosures.length, a);
    const name = ['nonce', 'note', 'method'][pick(3, b)] ?? '';
    const disclosures = file.disclosures.map((one, i) =>
      i === at ? { ...one, payload: { ...object(one.payload), [name]: 'AAAAAAAAAAAAAAAAAAAAAA==' } } : one,
    );
    return { text: closed(file.entries, { disclosures }) };
  },
  'a disclosure dropped': (a) => ({
    text: closed(file.entries, { disclosures: file.disclosures.toSpliced(pick(file.disclosures.length, a), 1) }),
  }),
  'the disclosures in another order': () => ({
    text: closed(file.entries, { disclosures: file.disclosures.toReversed() }),
  }),
};

/** Members of an entry that a signature or a hash in it covers. */
const signedMembers: Readonly<Record<string, readonly string[]>> = {
  certificate: ['use', 'agent_id', 'fingerprint', 'der'],
  handshake: ['session_id', 'peer_id', 'role', 'client_hello', 'server_hello', 'client_confirm'],
  resumption: ['session_id', 'peer_id', 'role', 'resumes', 'resume_hello', 'resume_accept'],
  message: ['session_id', 'peer_id', 'direction', 'header', 'digest', 'signature'],
};

/** The entries with the hash of one of them made anew. */
function withHash(entries: OpenExport['entries'], at: number): Promise<OpenExport['entries']> {
  return Promise.all(
    entries.map(async ({ hash, entry }, i) => ({
      entry,
      hash: i === at ? toHex(await hashEntry(crypto.subtle, canonicalText(entry))) : hash,
    })),
  );
}

describe('an export', () => {
  test('holds as it is, also when it was laid out anew', async () => {
    expect(await verifyExport(crypto.subtle, encoder.encode(text))).toMatchObject({ holds: true, handshakes: 1 });
    expect(await verifyExport(crypto.subtle, encoder.encode(closeExport(file)))).toMatchObject({ holds: true });
  });

  test('holds when its agent signs it anew, with what it has not altered', async () => {
    const last = resumed.entries.at(-1)?.entry ?? {};
    const same = await signAnew(resumed, signingKey, resumed.entries.length - 1, last);
    expect(await verifyExport(crypto.subtle, encoder.encode(same))).toMatchObject({ holds: true, resumptions: 1 });
  });

  test('whose resumed session is not in the trail is called not proven, and not altered', async () => {
    const text = await withoutWhatWasResumed(resumed, signingKey);
    const verdict = await verifyExport(crypto.subtle, encoder.encode(text));
    expect(verdict).toMatchObject({ holds: false, handshakes: 1, resumptions: 0, unproven: { sessions: 1 } });
    expect(verdict.words).toMatch(/^Nothing was altered/);
    expect(verdict).not.toHaveProperty('brokenAt');
  });

  test.each(Object.entries(alterations))(
    'does not hold after this was done to it, and the entry is named where it can be told: %s',
    async (name, alter) => {
      await fc.assert(
        fc.asyncProperty(fc.nat(1e6), fc.nat(1e6), async (a, b) => {
          const altered = await alter(a, b);
          const { holds, brokenAt, words } = await verifyExport(crypto.subtle, encoder.encode(altered.text));
          expect(holds, name).toBe(false);
          expect(words).not.toBe('');
          const isUnreadable = brokenAt === undefined && altered.mayBeUnreadable === true;
          if (altered.at !== undefined && !isUnreadable) expect(brokenAt, `${name}: ${words}`).toBe(altered.at);
        }),
        { numRuns: inject('exhaustive') ? 100 : 10 },
      );
    },
  );
});
