import { join } from 'node:path';
import * as v from 'valibot';
import { vi } from 'vitest';
import type { Agent } from '../../agent/agent.ts';
import type { Network } from '../../agent/contracts/ports.ts';
import type { ExchangeView } from '../../agent/contracts/views.ts';
import { MethodRegistry } from '../../agent/messages/methods.ts';
import { entriesAnswer, keyPackagesAnswer } from '../../group/wire/delivery-answers.ts';
import { HostedAgent, requireAgentId } from '../../host/hosted-agent.ts';
import { nodePlatform } from '../../host/node-platform.ts';
import { httpNetwork } from '../../network/http.ts';
import { platformEnvironment, scheduler } from '../../platform/platform.ts';

/** Milliseconds that something has to happen over real servers, on a machine that has ten times as much to do. */
const patienceMs = 90_000;

/** Where an agent is cut off in the middle of a commit: before the service has it, or before it knows that the service has it. */
interface Cut {
  readonly where: 'request' | 'answer';
  readonly reached: () => void;
}

/** Waits until `look` finds something. */
export function waitUntil<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const find = async () => {
    const found = await look();
    if (found === undefined) throw new TypeError(`It did not come about: ${look}`);
    return found;
  };
  return vi.waitFor(find, { timeout: patienceMs, interval: 100 });
}

/** An agent in a folder, at real servers: it can be closed, cut off in the middle of a commit, and opened again. */
export class GroupAgent {
  readonly agentId: string;
  /** What its handler `note` was asked, in order, since the agent was made. */
  readonly ran: unknown[] = [];
  readonly #folder: string;
  readonly #relays: readonly string[];
  #hosted: HostedAgent | undefined;
  #token = '';
  #isSupplied = false;
  #cut: Cut | undefined;
  #left = Promise.withResolvers<never>();

  constructor(agentId: string, folder: string, relays: readonly string[]) {
    this.agentId = agentId;
    this.#folder = join(folder, agentId);
    this.#relays = relays;
    this.#left.promise.catch(doNothing);
  }

  get agent(): Agent {
    if (this.#hosted === undefined) throw new TypeError(`${this.agentId} is closed.`);
    return this.#hosted.agent;
  }

  /** Opens it with what its folder has; resolves when it is connected and the service has KeyPackages of it. */
  async open(): Promise<void> {
    const { agentId } = this;
    const [base = ''] = this.#relays;
    const { store, close } = await nodePlatform.openStore(requireAgentId(agentId), { folder: this.#folder });
    const methods = new MethodRegistry();
    methods.register('note', (parameters) => {
      this.ran.push(parameters);
      return { noted: parameters, by: agentId };
    });
    this.#hosted = new HostedAgent({
      agentId,
      address: `${base}/agents/${agentId}`,
      controllerUrl: base,
      deliveryUrl: base,
      environment: await platformEnvironment(),
      generateRsa: nodePlatform.generateRsa,
      store,
      releaseStore: close,
      transport: { kind: 'relays', relays: this.#relays, network: this.#network() },
      scheduler,
      emit: () => undefined,
      methods,
    });
    await this.#hosted.start();
    await this.#hosted.connectionSettled(patienceMs);
    await waitUntil(() => (this.#isSupplied ? true : undefined));
  }

  /** Closes it; what it has begun is over when this resolves. */
  async close(): Promise<void> {
    await this.#hosted?.stop();
    this.#hosted = undefined;
  }

  /** Has the wire hang in the middle of the next commit; resolves when it does. */
  async cutAt(where: Cut['where']): Promise<void> {
    await new Promise<void>((reached) => {
      this.#cut = { where, reached };
    });
  }

  /** Ends it at once, as a page that is reloaded does: nothing that is under way comes to its end. */
  crash(): void {
    this.#hosted?.leave();
    this.#hosted = undefined;
    this.#left.reject(new TypeError('This agent is gone.'));
    this.#left = Promise.withResolvers<never>();
    this.#left.promise.catch(doNothing);
  }

  group(groupId: string) {
    return this.agent.groups.list().find((group) => group.groupId === groupId);
  }

  /** Joins a group once it is invited. */
  async join(groupId: string): Promise<void> {
    await waitUntil(() => this.agent.groups.invitations().find((invitation) => invitation.groupId === groupId));
    await this.agent.groups.accept(groupId);
  }

  /** Everything that its history has of a conversation, in the order in which it is shown. */
  async history(conversation: string): Promise<readonly ExchangeView[]> {
    const all: ExchangeView[] = [];
    let before: number | undefined;
    do {
      const { exchanges, olderThan } = await this.agent.historyService.history.page(conversation, before, 50);
      all.unshift(...exchanges);
      before = olderThan;
    } while (before !== undefined);
    return all;
  }

  /** What the delivery service gives this agent of a group's log. */
  async log(groupId: string, from = 0) {
    const [base = ''] = this.#relays;
    const answer = await fetch(`${base}/delivery/groups/${groupId}/entries?from=${from}`, {
      headers: { authorization: this.#token },
    });
    return answer.ok ? v.parse(entriesAnswer, await answer.json()).entries : [];
  }

  #network(): Network {
    return {
      ...httpNetwork,
      send: async (request, deadlineMs) => {
        const { pathname } = new URL(request.url);
        if (!pathname.startsWith('/delivery/')) return httpNetwork.send(request, deadlineMs);
        this.#token = request.headers.get('authorization') ?? this.#token;
        const cut = await this.#takeCut(request, pathname);
        if (cut?.where === 'request') return this.#hang(cut);
        const answer = await httpNetwork.send(request, deadlineMs);
        if (cut !== undefined) return this.#hang(cut);
        if (pathname === '/delivery/key-packages' && answer.ok) {
          this.#isSupplied = v.parse(keyPackagesAnswer, await answer.clone().json()).remaining > 0;
        }
        return answer;
      },
    };
  }

  /** Returns where this request is to be cut off; it is then the last one that is. */
  async #takeCut(request: Request, pathname: string): Promise<Cut | undefined> {
    const cut = this.#cut;
    if (cut === undefined || request.method !== 'POST' || !pathname.endsWith('/entries')) return undefined;
    const { kind } = v.parse(v.object({ kind: v.string() }), await request.clone().json());
    if (kind !== 'commit' || this.#cut !== cut) return undefined;
    this.#cut = undefined;
    return cut;
  }

  #hang({ reached }: Cut): Promise<never> {
    reached();
    return this.#left.promise;
  }
}

function doNothing(): void {}
