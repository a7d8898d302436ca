import type { Scheduler } from '../../contracts/ports.ts';
import type { History } from '../../history/history.ts';
import type { OpenInGroup } from '../../history/restart.ts';
import type { Answerers } from '../../messages/answerers.ts';
import type { Inbox } from '../../messages/inbox.ts';
import type { ActivityLog } from '../../state/activity-log.ts';
import type { TalkPort } from './ports.ts';

/** What the talk of groups works with. */
export interface TalkDeps {
  readonly self: string;
  readonly port: TalkPort;
  readonly history: Pick<History, 'find' | 'requireRoom'>;
  readonly activity: Pick<ActivityLog, 'putExchange'>;
  readonly answerers: Pick<Answerers, 'askForJson' | 'askPerson'>;
  /** What came over sessions: it is not run again when it is left as well. */
  readonly inbox: Pick<Inbox, 'answerOver'>;
  readonly scheduler: Scheduler;
  /** What was under way in groups when the agent stopped. */
  readonly inGroups: readonly OpenInGroup[];
  /** Milliseconds since 1970. */
  now(): number;
  random(length: number): Uint8Array<ArrayBuffer>;
  /** True while requests are answered by the person at the screen. */
  isByPerson(): boolean;
  /** True when a peer may call a method, as it may over a session. */
  permits(peerId: string, method: string): boolean;
}
