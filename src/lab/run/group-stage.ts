import { eventually, meanwhile } from './eventually.ts';
import { groupOf, heard, said } from './group-facts.ts';
import { failureOf, type Lab } from './run.ts';
import { type LabAgent, LabWorld } from './world.ts';

/** Traveller and Helper with groups, on a world with a delivery service. */
export class GroupStage {
  readonly world: LabWorld;
  readonly traveller: LabAgent;
  readonly helper: LabAgent;

  private constructor(world: LabWorld, traveller: LabAgent, helper: LabAgent) {
    this.world = world;
    this.traveller = traveller;
    this.helper = helper;
  }

  static async open(lab: Lab): Promise<GroupStage> {
    const world = await LabWorld.create(lab.keys);
    const traveller = await world.openTraveller({ hasGroups: true });
    const helper = await world.openHelper({ hasGroups: true });
    const stage = new GroupStage(world, traveller, helper);
    await Promise.all([stage.hasKeyPackages(traveller), stage.hasKeyPackages(helper)]);
    return stage;
  }

  /** Both agents, whose word every verdict is. */
  get honest(): readonly LabAgent[] {
    return [this.traveller, this.helper];
  }

  /** Lets time pass until `look` finds something; see `eventually`. */
  eventually<T>(what: string, look: () => T | undefined | false): Promise<T> {
    return eventually(this.world.clock, what, look);
  }

  /** Lets time pass until `work` has ended. */
  meanwhile<T>(what: string, work: Promise<T>): Promise<T> {
    return meanwhile(this.world.clock, what, work);
  }

  /** Lets so many milliseconds of the lab pass. */
  async pass(ms: number): Promise<void> {
    const until = this.world.clock.now() + ms;
    await this.eventually('time passes', () => this.world.clock.now() >= until);
  }

  /** Has Traveller make a group, and Helper join it. Returns the group_id. */
  async group(name: string): Promise<string> {
    const { traveller, helper } = this;
    const making = traveller.agent.groups.create({ name, invite: [helper.agentId] });
    const { groupId } = await this.meanwhile('the group is made', making);
    await this.join(helper, groupId);
    return groupId;
  }

  /** Has an agent accept its invitation into a group. */
  async join({ agent, agentId }: LabAgent, groupId: string): Promise<void> {
    const invitations = () => agent.groups.invitations().find((one) => one.groupId === groupId);
    await this.eventually(`${agentId} is invited`, invitations);
    await this.meanwhile(`${agentId} joins`, agent.groups.accept(groupId));
  }

  /** Has an agent say something, and returns once the service has stored it. */
  async say(from: LabAgent, groupId: string, text: string): Promise<void> {
    await this.meanwhile(`${from.agentId} says “${text}”`, from.agent.groups.say({ groupId, content: text }));
    await this.eventually(`“${text}” is stored`, () => said(from, groupId, text)?.group?.delivery !== 'sending');
  }

  /** Lets time pass until an agent has taken in the entry of an index. */
  async hasRead(reader: LabAgent, groupId: string, index: number): Promise<void> {
    await this.eventually(`${reader.agentId} reads entry ${index}`, () => {
      const group = groupOf(reader, groupId);
      return group === undefined || group.status !== 'member' || group.next > index;
    });
  }

  /** Has Traveller say something that Helper reads, and the reverse: nobody was stopped. Returns who was, if anybody. */
  async stopped(groupId: string, text: string): Promise<LabAgent | undefined> {
    for (const [from, to] of [
      [this.traveller, this.helper],
      [this.helper, this.traveller],
    ] as const) {
      const words = `${text} (${from.party})`;
      const talk = async () => {
        await this.say(from, groupId, words);
        await this.eventually(`${to.agentId} reads “${words}”`, () => heard(to, groupId, words));
      };
      if ((await failureOf(talk())) !== undefined) return from;
    }
    return undefined;
  }

  close(): void {
    this.world.close();
  }

  /** Lets time pass until an agent's KeyPackages are at the service: then it can be invited. */
  async hasKeyPackages({ agentId }: LabAgent): Promise<void> {
    let isThere = false;
    await this.eventually(`${agentId} has KeyPackages at the service`, () => {
      void this.world.deliveryStore.lastResort(agentId).then((found) => {
        isThere = found !== undefined;
      });
      return isThere;
    });
  }
}
