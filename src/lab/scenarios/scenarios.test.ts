import { describe, expect, test } from 'vitest';
import { catalogue } from '../host/catalogue.ts';
import { KeyPool } from '../run/key-pool.ts';
import type { Attempt, Progress } from '../run/scenario.ts';

const keys = new KeyPool();
const silent = { keys, signal: new AbortController().signal, progress: () => undefined, report: () => undefined };

/** Who refused what, in a line: `helper nonce replayed_nonce`; the outcome where nobody had to. */
const line = ({ verdict: { outcome, refusal } }: Attempt) =>
  refusal === undefined ? outcome : [refusal.by, refusal.check ?? '-', refusal.code].join(' ');

/** Every scenario but the long one, attempt by attempt: what came of it, as the agents recorded it. */
const expected: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  eavesdropping: { read: 'refused' },
  impersonation: {
    'helper-own-ca': 'traveller certificate certificate_untrusted',
    'traveller-own-ca': 'helper certificate certificate_untrusted',
    'helper-own-name': 'traveller identity identity_mismatch',
    'traveller-own-name': 'helper identity identity_mismatch',
    'helper-stolen-certificate': 'traveller signature signature_invalid',
    'traveller-stolen-certificate': 'helper signature signature_invalid',
  },
  downgrade: {
    'older-version': 'helper shape unsupported_protocol',
    'no-ml-kem': 'helper shape malformed_message',
    'no-x25519': 'helper shape malformed_message',
    'other-suite': 'helper signature signature_invalid',
    'zero-ciphertext': 'traveller signature signature_invalid',
    'small-order': 'helper key_exchange key_exchange_failed',
    'bad-kem-key': 'helper key_exchange key_exchange_failed',
    'weak-signing-key': 'helper key_exchange key_exchange_failed',
  },
  replay: {
    'client_hello-at-once': 'helper nonce replayed_nonce',
    'client_hello-six-minutes-later': 'helper timestamp stale_timestamp',
    'client_hello-after-helper-has-restarted': 'helper nonce replayed_nonce',
    'client_hello-after-a-new-session-has-begun': 'helper nonce replayed_nonce',
    'client_confirm-at-once': 'helper session_id session_conflict',
    'client_confirm-six-minutes-later': 'helper session_id session_conflict',
    'client_confirm-after-helper-has-restarted': 'helper session unknown_session',
    'client_confirm-after-a-new-session-has-begun': 'helper session_id session_conflict',
    'envelope-at-once': 'helper sequence replayed_message',
    'envelope-six-minutes-later': 'helper timestamp stale_timestamp',
    'envelope-after-helper-has-restarted': 'helper session unknown_session',
    'envelope-after-a-new-session-has-begun': 'helper session session_closed',
    'envelope-moved': 'helper signature signature_invalid',
    server_hello: 'traveller nonce replayed_nonce',
  },
  'session-hijacking': {
    'made-up': 'helper signature signature_invalid',
    'next-number': 'helper signature signature_invalid',
    'other-session': 'helper sender identity_mismatch',
    'other-sender': 'helper sender identity_mismatch',
    'wrong-direction': 'traveller sender identity_mismatch',
    'answer-as-request': 'helper sender identity_mismatch',
  },
  resumption: {
    ...Object.fromEntries(
      [
        ['message_type', 'shape malformed_message'],
        ['protocol', 'shape unsupported_protocol'],
        ['session_id', 'signature resumption_unknown'],
        ['resumption_id', 'resumption resumption_unknown'],
        ['sender_id', 'resumption resumption_unknown'],
        ['recipient_id', 'recipient wrong_recipient'],
        ['nonce', 'signature resumption_unknown'],
        ['timestamp', 'signature resumption_unknown'],
        ['key_shares.x25519', 'signature resumption_unknown'],
        ['key_shares.ml_kem_768', 'signature resumption_unknown'],
        ['session_signing_key', 'signature resumption_unknown'],
        ['extensions.envelopes', 'signature resumption_unknown'],
        ['extensions.payloads', 'signature resumption_unknown'],
        ['signature', 'signature resumption_unknown'],
        ['binder', 'binder resumption_unknown'],
      ].map(([path, refusal]) => [`resume_hello-${path}`, `helper ${refusal}`]),
    ),
    ...Object.fromEntries(
      [
        ['message_type', 'shape malformed_message'],
        ['session_id', 'session_id session_conflict'],
        ['nonce', 'signature signature_invalid'],
        ['timestamp', 'signature signature_invalid'],
        ['key_shares.x25519', 'signature signature_invalid'],
        ['key_shares.ml_kem_768', 'signature signature_invalid'],
        ['session_signing_key', 'signature signature_invalid'],
        ['extensions.envelopes', 'signature signature_invalid'],
        ['extensions.payloads', 'signature signature_invalid'],
        ['expires_at', 'signature signature_invalid'],
        ['signature', 'signature signature_invalid'],
        ['binder', 'binder confirmation_failed'],
      ].map(([path, refusal]) => [`resume_accept-${path}`, `traveller ${refusal}`]),
    ),
    replayed: 'helper nonce replayed_nonce',
    'replayed-later': 'helper timestamp stale_timestamp',
    reflected: 'traveller recipient wrong_recipient',
    'own-session': 'helper resumption resumption_unknown',
    'stolen-key': 'helper signature resumption_unknown',
    revoked: 'helper certificate certificate_revoked',
  },
  'key-compromise': { parley: 'refused', 'rsa-only': 'succeeded' },
  'unknown-key-share': {
    'as-it-is': 'traveller recipient wrong_recipient',
    readdressed: 'traveller signature signature_invalid',
  },
  'revoked-certificate': {
    calling: 'helper certificate certificate_revoked',
    called: 'traveller - certificate_revoked',
    during: 'traveller - certificate_revoked',
  },
  'rogue-controller': {
    verified: 'traveller - peer_key_changed',
    unverified: 'succeeded',
    'false-member-invited': 'traveller - member_not_trusted',
    'false-member-added': 'traveller - member_not_trusted',
    'false-member-unverified': 'succeeded',
  },
  flooding: {
    strangers: 'helper certificate certificate_untrusted',
    registered: 'helper room session_limit_reached',
  },
  'binary-envelopes': {
    'length-longer': 'helper shape malformed_message',
    'length-shorter': 'helper shape malformed_message',
    'length-1025': 'helper shape malformed_message',
    'header-spaces': 'helper shape malformed_message',
    'header-order': 'helper shape malformed_message',
    'header-extra': 'helper shape malformed_message',
    'header-session': 'helper session unknown_session',
    'header-sender': 'helper sender identity_mismatch',
    'header-epoch': 'helper signature signature_invalid',
    'header-sequence': 'helper signature signature_invalid',
    'header-timestamp': 'helper signature signature_invalid',
    signature: 'helper signature signature_invalid',
    iv: 'helper signature signature_invalid',
    tag: 'helper signature signature_invalid',
    ciphertext: 'helper signature signature_invalid',
    cut: 'helper shape malformed_message',
    'json-as-bytes': 'helper shape malformed_message',
    'bytes-as-json': 'helper shape malformed_message',
    'every-byte': 'helper signature signature_invalid',
    'other-form': 'helper sequence replayed_message',
  },
  attachments: Object.fromEntries(
    [
      ...['two-zeros', 'size-larger', 'size-smaller', 'size-limit', 'size-negative', 'size-fraction', 'size-text'],
      ...['extra-member', 'list', 'unannounced', 'missing', 'space-before', 'letters-behind', 'large-json'],
      'on-a-read',
    ].map((id) => [id, 'helper shape malformed_message']),
  ),
  streams: {
    'hijack-read': 'helper - stream_gone',
    'hijack-write': 'helper - stream_gone',
    'hijack-cancel': 'refused',
    'guessed-id': 'helper - stream_gone',
    'read-released': 'helper - stream_gone',
    'release-ahead': 'helper - malformed_message',
    'beyond-size': 'helper - malformed_message',
    'wrong-offset': 'refused',
    'false-size': 'helper - stream_corrupt',
    'false-hash': 'helper - stream_corrupt',
    longer: 'helper - malformed_message',
    'read-flood': 'refused',
    '65th': 'helper - stream_limit_reached',
    'no-extension': 'helper - handler_failed',
  },
  outsider: {
    appends: 'service - unknown_group',
    'message-let-through': 'traveller - decryption_failed',
    'commit-let-through': 'traveller - decryption_failed',
    'external-commit': 'traveller - not_a_private_message',
    floods: 'refused',
    'floods-as-many': 'refused',
  },
  'dishonest-member': {
    garbage: 'traveller - decryption_failed',
    'signs-as-another-commit': 'traveller - invalid_content_signature',
    'signs-as-another-message': 'traveller - invalid_content_signature',
    'swaps-credential': 'traveller - agent_changed',
    'claims-another-name': 'traveller - agent_changed',
    removes: 'traveller - remove_not_permitted',
    'removes-as-expired': 'traveller - not_expired',
    'removes-as-revoked': 'traveller - not_revoked',
    adds: 'traveller - add_not_permitted',
    'makes-itself-admin': 'traveller - descriptor_change_not_permitted',
    'lies-about-seen': 'traveller - group_forked',
    unconfirmed: 'traveller - invalid_confirmation_tag',
    'unreadable-path': 'traveller - decryption_failed',
    'false-group': 'stranger - invalid_content_signature',
  },
  'dishonest-delivery-service': {
    reorders: 'helper - group_forked',
    drops: 'traveller - group_forked',
    replays: 'helper - generation_consumed',
    alters: 'helper - group_forked',
    forks: 'traveller - decryption_failed',
    'ghost-listed': 'refused',
    'ghost-committed': 'traveller - decryption_failed',
    'ghost-key-package': 'traveller - certificate_untrusted',
    'key-package-twice': 'helper - unknown_group',
    'last-resort-twice': 'refused',
  },
  'removed-member': {
    'reads-on': 'refused',
    'removal-hidden': 'traveller - epoch_in_the_past',
    'reads-back': 'refused',
  },
};

test('every scenario is looked at', () => {
  const ids = catalogue.map(({ info }) => info.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.sort()).toEqual([...Object.keys(expected), 'man-in-the-middle'].sort());
});

describe('each attempt ends as a sound protocol has it, and is refused where and as the protocol page says', () => {
  for (const scenario of catalogue.filter(({ info }) => info.id !== 'man-in-the-middle')) {
    test(scenario.info.title, async () => {
      const shown: Progress[] = [];
      const attempts = await scenario.run({ ...silent, progress: (progress) => shown.push(progress) });
      // The bar goes on with every attempt, and never back.
      expect(shown[0]?.done).toBe(0);
      expect(shown.map(({ done }) => done)).toEqual(shown.map(({ done }) => done).sort((a, b) => a - b));
      for (const { of } of shown) expect(of).toBe(attempts.length);
      expect(attempts.length).toBe(scenario.info.attempts);
      expect(Object.fromEntries(attempts.map((attempt) => [attempt.id.toLowerCase(), line(attempt)]))).toEqual(
        expected[scenario.info.id],
      );
      for (const { verdict } of attempts) expect(verdict.outcome).toBe(verdict.expected);
    });
  }

  test('every member of every handshake message, altered and dropped', async () => {
    const scenario = catalogue.find(({ info }) => info.id === 'man-in-the-middle');
    const attempts = (await scenario?.run(silent)) ?? [];
    expect(attempts.length).toBe(scenario?.info.attempts);
    for (const attempt of attempts) {
      const { title, messages, verdict } = attempt;
      const receiver = /^(?:SERVER_HELLO|SESSION_ESTABLISHED)/.test(title) ? 'traveller' : 'helper';
      expect(
        messages.some(({ altered }) => altered.length > 0),
        title,
      ).toBe(true);
      expect({ title, outcome: verdict.outcome, by: verdict.refusal?.by }).toEqual({
        title,
        outcome: 'refused',
        by: receiver,
      });
      expect(verdict.refusal?.check, title).toBeDefined();
      // Nothing stands on both sides but what had stood before.
      const [client, server] = attempt.recording?.ends ?? [];
      const established = [client, server].filter((end) => end?.events.some(({ kind }) => kind === 'established'));
      expect(established.length, title).toBeLessThan(2);
    }
  });
});
