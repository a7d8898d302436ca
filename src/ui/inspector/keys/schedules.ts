import type { Beginning } from '../../../recording/beginning.ts';
import { handshakeSchedule } from './handshake-schedule.ts';
import { resumptionSchedule } from './resumption-schedule.ts';
import type { Schedule } from './schedule-model.ts';

/** The key schedule of each way to begin a session. */
export const schedules: Readonly<Record<Beginning, Schedule>> = {
  handshake: handshakeSchedule,
  resumption: resumptionSchedule,
};
