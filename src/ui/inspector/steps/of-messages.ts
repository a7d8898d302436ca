import type { OperationName } from '../../../protocol/trace/events.ts';

/** Work for messages and key updates, which comes after the handshake. */
export const ofMessages: ReadonlySet<OperationName> = new Set<OperationName>([
  'encrypt_message',
  'make_update_shares',
  'derive_next_epoch',
]);
