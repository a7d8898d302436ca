import { describe, expect, test } from 'vitest';
import { refusedResumption, resumptionRecording } from '../../../recording/testing/resumption.ts';
import { handshakeModel } from './handshake-model.ts';
import { outline } from './testing/outline.ts';
import { throughEyes } from './through-eyes.ts';

describe('a resumption', () => {
  const { ends } = resumptionRecording();
  const both = [
    'client works fetch_revocation_list,certificate,make_key_shares,reserve_session,use_up_resumption,sign,make_binder',
    'client sends RESUME_HELLO',
    'server works fetch_revocation_list,shape,recipient,timestamp,nonce,session_id,room,resumption,signature,binder,certificate,reserve_session,store_nonce,use_up_resumption,make_key_shares,agree_x25519,encapsulate,key_exchange,sign,make_binder,derive_resumed_keys',
    'server sends RESUME_ACCEPT',
    'client works shape,session_id,timestamp,nonce,signature,store_nonce,binder,agree_x25519,decapsulate,key_exchange,derive_resumed_keys',
    'client established server established',
  ];

  test('is two messages, with the checks of each under its arrival', () => {
    expect(outline(handshakeModel(ends, 'ESTABLISHED').rows)).toEqual(both);
  });

  test('through the eyes of its client and its server is what each of them recorded', () => {
    const all = handshakeModel(ends, 'ESTABLISHED').rows;
    const client = ends.filter(({ role }) => role === 'client');
    expect(outline(throughEyes(all, 'client'))).toEqual(outline(handshakeModel(client, 'ESTABLISHED').rows));
    expect(outline(throughEyes(all, 'server'))).toEqual([
      'client sends RESUME_HELLO',
      both[2],
      'server sends RESUME_ACCEPT',
      'client unknown RESUME_ACCEPT',
      'server established',
    ]);
    expect(outline(throughEyes(all, 'observer'))).toEqual([
      'client sends RESUME_HELLO',
      'server accepted RESUME_HELLO',
      'server sends RESUME_ACCEPT',
      'client unknown RESUME_ACCEPT',
    ]);
    expect(throughEyes(all, 'controller')).toEqual([]);
  });

  test('that is refused ends with the code, at both ends', () => {
    const { ends: both, session } = refusedResumption();
    const { rows } = handshakeModel(both, session.status);
    expect(outline(rows)).toEqual([
      'client works fetch_revocation_list,certificate,make_key_shares,reserve_session,use_up_resumption,sign,make_binder',
      'client sends RESUME_HELLO',
      'server works fetch_revocation_list,shape,recipient,timestamp,nonce,session_id,room,resumption',
      'server sends PROBLEM',
      'client failed server failed',
    ]);
  });
});
