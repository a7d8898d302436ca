import type { MessageName } from '../../../protocol/trace/events.ts';

/** What a message is for. */
export const messagePurpose: Readonly<Record<MessageName, string>> = {
  CLIENT_HELLO: 'Who I am, a secret only you can open, my key shares',
  SERVER_HELLO: 'Who I am, my secret and key shares, proof that I opened yours',
  CLIENT_CONFIRM: 'Proof that I opened yours',
  SESSION_ESTABLISHED: 'Proof that we hold the same keys',
  RESUME_HELLO: 'Our last session, my fresh key shares, proof that I was in it',
  RESUME_ACCEPT: 'My fresh key shares, proof that I was in it too',
  ENVELOPE: 'An encrypted message',
  PROBLEM: 'A refusal',
};
