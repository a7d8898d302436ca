import * as v from 'valibot';
import type { Bytes } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { GroupSettingsView } from '../../contracts/group-views.ts';
import { decodeJsonRow, encodeJsonRow } from '../rows/json-row.ts';

/** The row of what the owner has said, among those that belong to no group. */
export const settingsPart = 'settings';

const given = v.strictObject({ joinsByItself: v.strictObject({ direct: v.boolean(), group: v.boolean() }) });
const stored = v.strictObject({ version: v.literal(1), ...given.entries });

/** Returns the bytes of settings. Throws `invalid_input` for what are none. */
export function encodeSettings(settings: GroupSettingsView): Bytes {
  const read = v.safeParse(given, settings);
  if (read.success) return encodeJsonRow(1, read.output);
  throw new ParleyError(
    'invalid_input',
    'For direct groups and for groups say true or false: whether invitations of known agents join by themselves.',
  );
}

/** Reads what `encodeSettings` made. Throws `storage_failed` for anything else. */
export function decodeSettings(bytes: Bytes): GroupSettingsView {
  const { joinsByItself } = decodeJsonRow(stored, bytes, 'What you have said of invitations cannot be read.');
  return { joinsByItself };
}
