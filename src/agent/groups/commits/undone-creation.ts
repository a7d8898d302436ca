import { endedSecrets } from '../../../mls/group/ended-secrets.ts';
import { asParleyError, type ErrorCode, ParleyError } from '../../../protocol/errors.ts';
import { failureView } from '../../contracts/failures.ts';
import { DeliveryRefusal } from '../service/delivery-http.ts';
import type { DeliveryService } from '../service/delivery-service.ts';
import type { Group } from '../state/group.ts';
import type { TalkOfGroups } from '../talk/ports.ts';

/** Codes with which the service refuses to make a group. */
const refusals: readonly ErrorCode[] = [
  'mailbox_full',
  'rate_limited',
  'group_full',
  'not_permitted',
  'malformed_message',
  'message_too_large',
];

/** What a group that the service does not make is undone with. */
export interface UndoneCreationDeps {
  readonly service: Pick<DeliveryService, 'entries'>;
  readonly talk: Pick<TalkOfGroups, 'lost'>;
  /** Deletes a group that is over. */
  readonly forget: (groupId: string) => Promise<void>;
}

/**
 * Undoes a group of which the service has refused the first entry and knows nothing. Returns the error that whoever made it is told;
 * undefined when the group may come about yet. What waited in it is shown as lost, and the group stays until its owner deletes it; with
 * nothing in it, it goes at once.
 */
export async function undoneCreation(
  { service, talk, forget }: UndoneCreationDeps,
  group: Group,
  cause: ParleyError,
): Promise<ParleyError | undefined> {
  const { groupId, standing } = group;
  if (standing.status !== 'creating' || !(cause instanceof DeliveryRefusal) || !refusals.includes(cause.code)) return;
  // An append that was not answered may have been stored all the same.
  if (!(await isUnknown(service, groupId))) return;
  const detail = `${cause.detail} The group was not made.`;
  const why = new ParleyError(cause.code, detail, { cause });
  try {
    if (await ended(talk, group, why)) await forget(groupId);
    return why;
  } catch (failed) {
    // It cannot be stored now that nothing comes of it: that is found out again.
    asParleyError(failed);
    return undefined;
  }
}

/** Ends a group that was not made. Returns whether nothing waited in it. */
function ended(talk: Pick<TalkOfGroups, 'lost'>, group: Group, why: ParleyError): Promise<boolean> {
  return group.turns.take(async () => {
    const { groupId, member, pending, queue } = group;
    const lost = await Promise.all(queue.map(({ messageId }) => talk.lost(groupId, messageId, failureView(why))));
    const consumed = [member?.state, pending?.next].flatMap((state) =>
      state === undefined ? [] : endedSecrets(state),
    );
    await group.end({ talk: lost, standing: { status: 'left' }, consumed });
    return lost.length === 0;
  });
}

async function isUnknown(service: Pick<DeliveryService, 'entries'>, groupId: string): Promise<boolean> {
  try {
    await service.entries(groupId, 0);
    return false;
  } catch (cause) {
    return cause instanceof DeliveryRefusal && cause.code === 'unknown_group';
  }
}
