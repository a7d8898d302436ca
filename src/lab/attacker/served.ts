import { GroupStage } from '../run/group-stage.ts';
import type { Lab } from '../run/run.ts';
import type { LabAgent } from '../run/world.ts';
import { DishonestMember } from './dishonest-member.ts';
import { DishonestService } from './dishonest-service.ts';

/** Traveller and Helper, and the attacker as their delivery service. */
export class Served {
  readonly stage: GroupStage;
  readonly service: DishonestService;
  #stranger: Promise<LabAgent> | undefined;
  #ghost: Promise<DishonestMember> | undefined;

  private constructor(stage: GroupStage) {
    this.stage = stage;
    this.service = DishonestService.in(stage.world);
  }

  static async open(lab: Lab): Promise<Served> {
    return new Served(await GroupStage.open(lab));
  }

  /** A third honest agent. */
  get stranger(): Promise<LabAgent> {
    this.#stranger ??= this.stage.world.openStranger();
    return this.#stranger;
  }

  /** An agent of the attacker's, with a genuine certificate, whom the service wants in groups. */
  get ghost(): Promise<DishonestMember> {
    this.#ghost ??= DishonestMember.register(this.stage.world);
    return this.#ghost;
  }

  close(): void {
    this.stage.close();
  }
}
