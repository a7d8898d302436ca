import type { AgentEvent } from '../../contracts/views.ts';
import type { GroupRows } from '../rows/group-rows.ts';
import type { GroupTable } from './group-table.ts';

/** What groups are forgotten with. */
export interface ForgetDeps {
  readonly table: GroupTable;
  readonly talk: { forget(groupId: string): void };
  readonly rows: Pick<GroupRows, 'all' | 'write'>;
  readonly emit: (event: AgentEvent) => void;
  /** Deletes what was said in a conversation. */
  deleteHistory(conversation: string): Promise<unknown>;
}

/** Deletes everything that is stored of a group that this agent is not in, with what was said in it. Rejects with `storage_failed`. */
export async function forgetGroup(deps: ForgetDeps, groupId: string): Promise<void> {
  const { table, talk, rows, emit, deleteHistory } = deps;
  const { group } = table.require(groupId);
  await group.turns.take(async () => {
    const drop = [{ group: '', part: `standing/${groupId}` }];
    for await (const { part } of rows.all(groupId, '')) drop.push({ group: groupId, part });
    await rows.write({ put: [], drop });
  });
  table.delete(groupId);
  talk.forget(groupId);
  await deleteHistory(`#${groupId}`);
  emit({ type: 'group_forgotten', groupId });
}
