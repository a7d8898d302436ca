import { lockRefusal, webLocks } from './lock-refusal.ts';

/** Milliseconds to wait for a tab that is just closing or reloading. */
const patienceMs = 1_000;

/** Returns the name of the Web Lock that says which tab owns an agent. */
function agentLockName(agentId: string): string {
  return `parley:agent:${agentId}`;
}

/** Returns the agent_ids that a tab of this browser has open now, this one included; none where the browser tells nothing. */
export async function agentsInUse(): Promise<ReadonlySet<string>> {
  const prefix = agentLockName('');
  const { held = [] } = await webLocks().query();
  return new Set(held.flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
}

/**
 * Takes an agent's lock until `released`, or for as long as this thread lives; false when another tab holds it. `lost` is
 * called when another tab takes it over. Rejects with `storage_blocked` when the browser allows this site no locks, and with
 * `network_unavailable` on a page that is not secure.
 */
export function holdAgentLock(
  agentId: string,
  steal: boolean,
  lost: () => void,
  released: Promise<unknown> = new Promise<never>(() => undefined),
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let held = false;
    const options: LockOptions = steal ? { steal: true } : { signal: AbortSignal.timeout(patienceMs) };
    webLocks()
      .request(agentLockName(agentId), options, () => {
        held = true;
        resolve(true);
        return released;
      })
      .catch((cause: unknown) => {
        const refusal = lockRefusal(cause);
        if (held) lost();
        else if (refusal.code === 'agent_in_use') resolve(false);
        else reject(refusal);
      });
  });
}
