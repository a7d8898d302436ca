import type { GroupWorld, Resident } from './group-world.ts';

/** Two agents, and a group that both are in. */
export interface TwoMembers {
  readonly traveller: Resident;
  readonly helper: Resident;
  readonly groupId: string;
}

/** Opens Traveller and Helper, the latter with `ofHelper`; Traveller makes a group, and Helper accepts. */
export async function twoMembers(
  world: GroupWorld,
  ofHelper: Parameters<GroupWorld['open']>[1] = {},
): Promise<TwoMembers> {
  const traveller = await world.open('traveller');
  const helper = await world.open('helper', ofHelper);
  await world.ready(traveller, helper);
  const invite = [helper.agentId];
  const { groupId } = await world.during(traveller.agent.groups.create({ name: 'Trip', invite }));
  await world.passing(() => helper.agent.groups.invitations()[0]);
  await world.during(helper.agent.groups.accept(groupId));
  return { traveller, helper, groupId };
}
