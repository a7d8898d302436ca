import type { AgentRecord, PendingRegistration, StoredList, StoredToken } from '../../controller/store.ts';
import { bytesBetween } from '../../protocol/wire/members.ts';
import {
  agentRecordV1,
  pendingRegistrationV1,
  revocationListV1,
  toAgentRecordV1,
  tokensV1,
  toPendingRegistrationV1,
  toRevocationListV1,
  toTokensV1,
} from '../records/controller.ts';
import { parsedRecord, recordToJson } from './record.ts';

const bytes = bytesBetween(0, 1024 * 1024);
const agentRecord = agentRecordV1(bytes);
const pendingRegistration = pendingRegistrationV1(bytes);
const revocationList = revocationListV1(bytes);

/** Returns an agent's record as JSON text; bytes are base64. */
export function agentToJson(record: AgentRecord): string {
  return recordToJson(toAgentRecordV1(record));
}

/** Returns a pending registration as JSON text; bytes are base64. */
export function registrationToJson(registration: PendingRegistration): string {
  return recordToJson(toPendingRegistrationV1(registration));
}

/** Returns a revocation list as JSON text; bytes are base64. */
export function listToJson(list: StoredList): string {
  return recordToJson(toRevocationListV1(list));
}

/** Reads what `agentToJson` made. Throws `storage_failed` for anything else. */
export function agentFromJson(text: string): AgentRecord {
  return parsedRecord(agentRecord, text);
}

/** Reads what `registrationToJson` made. Throws `storage_failed` for anything else. */
export function registrationFromJson(text: string): PendingRegistration {
  return parsedRecord(pendingRegistration, text);
}

/** Reads what `listToJson` made. Throws `storage_failed` for anything else. */
export function listFromJson(text: string): StoredList {
  return parsedRecord(revocationList, text);
}

/** Returns the operator's registration tokens as JSON text. */
export function tokensToJson(tokens: readonly StoredToken[]): string {
  return recordToJson(toTokensV1(tokens));
}

/** Reads what `tokensToJson` made. Throws `storage_failed` for anything else. */
export function tokensFromJson(text: string): readonly StoredToken[] {
  return parsedRecord(tokensV1, text);
}
