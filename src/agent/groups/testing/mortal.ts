import { ParleyError } from '../../../protocol/errors.ts';
import { createMemoryAgentStore } from '../../../storage/memory/agent-store.ts';
import type { AgentStore, Network } from '../../contracts/ports.ts';
import type { GroupWorld, Resident } from './group-world.ts';

/** Where its process ends: before a transaction is written, or after. `lost`: at the next one, and the store has confirmed one that it lost. */
type Kill = 'before' | 'after' | 'lost';

/** Decides at each transaction of an agent, counted from 0, whether its process ends there. */
export type Killer = (write: number, change: Parameters<AgentStore['commit']>[0]) => Kill | undefined;

/** An agent whose process may end at any transaction of its store: from then on it writes and sends nothing, and what it had in memory is lost. */
export class Mortal {
  readonly name: string;
  resident: Resident | undefined;
  /** Transactions that were begun since `watch`. */
  writes = 0;
  deaths = 0;
  readonly #world: GroupWorld;
  readonly #kept: AgentStore = createMemoryAgentStore();
  #killer: Killer = () => undefined;
  /** The present process; one that is over stays so. */
  #life = { isOver: false };

  constructor(world: GroupWorld, name: string) {
    this.#world = world;
    this.name = name;
  }

  get agentId(): string {
    return `${this.name}_agent_001`;
  }

  get isDead(): boolean {
    return this.#life.isOver;
  }

  /** What is stored: it outlives the process. */
  get store(): AgentStore {
    return this.#kept;
  }

  get agent() {
    if (this.resident === undefined) throw new Error(`${this.name} is not open.`);
    return this.resident.agent;
  }

  /** Counts from here on, and asks `killer` at each transaction. */
  watch(killer: Killer): void {
    this.writes = 0;
    this.deaths = 0;
    this.#killer = killer;
  }

  /** Begins a process on what is stored; again, when it ends while it begins. */
  async live(): Promise<void> {
    for (let life = 0; life < 20; life++) {
      this.#life = { isOver: false };
      try {
        const more = { store: this.#storeOf(this.#life), transport: this.#transportOf(this.#life) };
        this.resident = await this.#world.during(this.#world.open(this.name, more));
        return;
      } catch (cause) {
        if (!this.isDead) throw cause;
      }
    }
    throw new Error(`${this.name} cannot begin.`);
  }

  /** Begins anew after the process has ended. */
  async revive(): Promise<void> {
    const { resident } = this;
    if (resident !== undefined) await this.#world.during(this.#world.close(resident).catch(onlyOfTheDead));
    await this.live();
  }

  /** Closes the agent in order; `live` opens it again. */
  async sleep(): Promise<void> {
    const { resident } = this;
    if (resident !== undefined) await this.#world.during(this.#world.close(resident).catch(onlyOfTheDead));
    this.resident = undefined;
    this.#life = { isOver: false };
  }

  #storeOf(life: { isOver: boolean }): AgentStore {
    const kept = this.#kept;
    let hasLost = false;
    return {
      ...kept,
      commit: async (change) => {
        if (life.isOver) throw ended();
        const kill = hasLost ? 'before' : this.#killer(this.writes++, change);
        if (kill === undefined || kill === 'after') await kept.commit(change);
        hasLost = kill === 'lost';
        if (kill === undefined || hasLost) return;
        this.deaths++;
        life.isOver = true;
        throw ended();
      },
    };
  }

  #transportOf(life: { readonly isOver: boolean }) {
    const network: Network = {
      send: async (request, deadlineMs) => {
        if (life.isOver) throw new ParleyError('peer_unreachable', 'The process of this agent has ended.');
        return this.#world.world.network.send(request, deadlineMs);
      },
    };
    return { kind: 'network', network } as const;
  }
}

function ended(): ParleyError {
  return new ParleyError('storage_failed', 'The process of this agent has ended.');
}

/** A process that has ended cannot be stopped in order. */
function onlyOfTheDead(cause: unknown): void {
  if (!(cause instanceof ParleyError)) throw cause;
}
