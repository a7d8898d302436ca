/** Milliseconds to wait for a tab that is just closing or reloading. */
const patienceMs = 1_000;

/** The Web Lock that says which tab owns an agent. */
function agentLockName(agentId: string): string {
  return `parley:agent:${agentId}`;
}

/**
 * Takes an agent's lock until `released`, or for as long as this thread lives; false when another tab holds it. `lost` is
 * called when another tab takes it over.
 */
export function holdAgentLock(
  agentId: string,
  steal: boolean,
  lost: () => void,
  released: Promise<unknown> = new Promise<never>(() => undefined),
): Promise<boolean> {
  return new Promise((resolve) => {
    let held = false;
    const options: LockOptions = steal ? { steal: true } : { signal: AbortSignal.timeout(patienceMs) };
    navigator.locks
      .request(agentLockName(agentId), options, () => {
        held = true;
        resolve(true);
        return released;
      })
      .catch(() => {
        if (held) lost();
        else resolve(false);
      });
  });
}
