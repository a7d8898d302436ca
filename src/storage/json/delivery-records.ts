import type { DeliveryAgent, EntryRecord, GroupRecord, Roster, Upkeep } from '../../delivery/store.ts';
import { bytesBetween } from '../../protocol/wire/members.ts';
import {
  deliveryAgentV1,
  entryRecordV1,
  groupTipV1,
  rosterV1,
  toDeliveryAgentV1,
  toEntryRecordV1,
  toGroupTipV1,
  toRosterV1,
  toUpkeepV1,
  upkeepV1,
} from '../records/delivery.ts';
import { parsedRecord, recordToJson } from './record.ts';

const hash = bytesBetween(32, 32);
const groupTip = groupTipV1(hash);
const entryRecord = entryRecordV1(hash);

/** Returns an agent's record at the delivery service as JSON text. */
export function deliveryAgentToJson(agent: DeliveryAgent): string {
  return recordToJson(toDeliveryAgentV1(agent));
}

/** Reads what `deliveryAgentToJson` made. Throws `storage_failed` for anything else. */
export function deliveryAgentFromJson(text: string): DeliveryAgent {
  return parsedRecord(deliveryAgentV1, text);
}

/** Returns a roster as JSON text. */
export function rosterToJson(roster: Roster): string {
  return recordToJson(toRosterV1(roster));
}

/** Reads what `rosterToJson` made. Throws `storage_failed` for anything else. */
export function rosterFromJson(text: string): Roster {
  return parsedRecord(rosterV1, text);
}

/** Returns a group without its roster as JSON text; bytes are base64. */
export function groupTipToJson(group: GroupRecord): string {
  return recordToJson(toGroupTipV1(group));
}

/** Reads what `groupTipToJson` made. Throws `storage_failed` for anything else. */
export function groupTipFromJson(text: string): Omit<GroupRecord, 'roster'> {
  return parsedRecord(groupTip, text);
}

/** Returns an entry as JSON text, without whether its message is gone; bytes are base64. */
export function entryToJson(entry: EntryRecord): string {
  return recordToJson(toEntryRecordV1(entry));
}

/** Reads what `entryToJson` made. Throws `storage_failed` for anything else. */
export function entryFromJson(text: string, isDropped: boolean): EntryRecord {
  return { ...parsedRecord(entryRecord, text), isDropped };
}

/** Returns the upkeep of a log as JSON text. */
export function upkeepToJson(upkeep: Upkeep): string {
  return recordToJson(toUpkeepV1(upkeep));
}

/** Reads what `upkeepToJson` made. Throws `storage_failed` for anything else. */
export function upkeepFromJson(text: string): Upkeep {
  return parsedRecord(upkeepV1, text);
}
