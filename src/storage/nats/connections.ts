import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import type { AgentId } from '../../protocol/bytes.ts';
import { guarded } from '../guarded.ts';
import { isOutrun } from './change.ts';

/** Milliseconds after which a forgotten entry goes: that of a server that was killed. */
const entryTtl = 86_400_000;

/** Who of a group of servers an agent is connected to. `number` grows with every claim of any agent by anyone. */
export interface Claim {
  readonly server: string;
  readonly number: number;
}

/** A group's register of connections. It says where an agent was last, not whether that server still lives. */
export interface Connections {
  /** Says that an agent is connected to this server now. The number of the claim. */
  claim(agentId: AgentId): Promise<number>;
  /** Takes a claim back, unless a newer one has replaced it. */
  release(agentId: AgentId, number: number): Promise<void>;
  close(): void;
}

/** Opens the register for one server; `changed` hears every claim, first those there are, in one order for all servers. */
export async function openConnections(
  connection: NatsConnection,
  server: string,
  changed: (agentId: string, claim: Claim | undefined) => void,
  prefix = 'parley',
): Promise<Connections> {
  return guarded(async () => {
    const kvm = new Kvm(jetstream(connection));
    const kv = await kvm.create(`${prefix}_connections`, { history: 1, ttl: entryTtl });
    const claims = await kv.watch();
    const heard = (async () => {
      for await (const { key, operation, revision, value } of claims) {
        const isClaim = operation === 'PUT';
        changed(key, isClaim ? { server: new TextDecoder().decode(value), number: revision } : undefined);
      }
    })();
    return {
      claim: (agentId) => guarded(() => kv.put(agentId, server)),
      release: (agentId, number) =>
        guarded(async () => {
          try {
            await kv.delete(agentId, { previousSeq: number });
          } catch (error) {
            if (!isOutrun(error)) throw error;
          }
        }),
      close: () => {
        claims.stop();
        void heard;
      },
    };
  });
}
