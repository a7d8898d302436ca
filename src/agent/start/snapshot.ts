import { shownOf } from '../contracts/groups-api.ts';
import type { AgentPhase, AgentSnapshot } from '../contracts/views.ts';
import type { MethodRegistry } from '../messages/methods.ts';
import type { ActivityLog } from '../state/activity-log.ts';
import type { ReadyAgent } from './ready-agent.ts';

/** Returns all that is shown of an agent at once, also before it is ready. */
export function snapshotOf(
  ready: ReadyAgent | undefined,
  {
    phase,
    activity,
    methods,
  }: { readonly phase: AgentPhase; readonly activity: ActivityLog; readonly methods: MethodRegistry },
): AgentSnapshot {
  return {
    phase,
    ...activity.snapshot(),
    verifications: ready?.verified.views() ?? [],
    answering: ready?.inbox.answering ?? 'handlers',
    methods: methods.names(),
    ...shownOf(ready?.groups),
    files: ready?.files.shown() ?? [],
    ...(ready === undefined ? {} : { storage: ready.historyService.history.storage }),
  };
}
