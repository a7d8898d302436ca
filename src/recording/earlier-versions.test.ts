import { expect, test } from 'vitest';
import {
  checkNames,
  messageNames,
  operationNames,
  secretNames,
  transcriptNames,
} from '../agent/contracts/trace-names.ts';
import { goldenFile } from '../storage/testing/golden.ts';
import { readTraceFile, writeTraceFile } from './trace-file.ts';

/** The commits whose trace files are checked in, by the version of the format that they wrote. */
const versions = [
  { version: 1, commit: '03fc21c' },
  { version: 2, commit: '0796c7d' },
  { version: 3, commit: '750e1b7' },
  { version: 4, commit: 'e880e79' },
] as const;

test.each(versions)(
  'a trace file of version $version, as $commit wrote it, is read whole',
  async ({ version, commit }) => {
    const bytes = await goldenFile(commit, 'trace.json.gz');
    const text = new TextDecoder().decode(bytes);
    const { writtenAt, recording } = readTraceFile(bytes);
    expect(JSON.parse(text)).toMatchObject({ version, writtenAt });
    expect(recording.ends.map(({ role }) => role)).toEqual(['client', 'server']);
    // Written again, it is the same but for its version.
    expect(writeTraceFile(recording, writtenAt)).toBe(text.replace(`"version": ${version}`, '"version": 4'));
  },
);

test('the names of version 4 are these: another one makes the next version, which earlier readers refuse', () => {
  expect(
    [messageNames, checkNames, operationNames, transcriptNames, secretNames].map((names) => names.join(' ')),
  ).toEqual([
    'CLIENT_HELLO SERVER_HELLO CLIENT_CONFIRM SESSION_ESTABLISHED RESUME_HELLO RESUME_ACCEPT ENVELOPE PROBLEM',
    'shape recipient timestamp nonce session_id room certificate identity signature key_exchange challenge confirmation session sender epoch sequence decryption resumption binder',
    'fetch_revocation_list look_up_peer reserve_session use_up_resumption make_key_shares encrypt_session_key open_session_key agree_x25519 encapsulate decapsulate derive_handshake_keys derive_session_keys store_nonce sign encrypt_challenge encrypt_message make_confirmation make_update_shares derive_next_epoch make_binder derive_resumed_keys',
    'th0 th1 th_keys th2 th3 tr1 tr',
    'resumption_key client_session_key server_session_key x25519_secret ml_kem_secret client_handshake_key server_handshake_key client_key server_key client_iv server_iv hmac_key resumption update exporter',
  ]);
});
