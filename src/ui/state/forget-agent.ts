import { ParleyError } from '../../protocol/errors.ts';
import { dropDrafts } from './drafts.ts';
import { enterAgent, leaveAgent } from './hosted-agent.ts';
import { startNetwork } from './network.ts';

/** Opens an agent only to forget it: certificates revoked, keys erased. Rejects with `agent_in_use` when a tab has it open. */
export async function forgetAgent(agentId: string): Promise<void> {
  await startNetwork();
  const { engine, store } = enterAgent(agentId, true);
  try {
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        const { phase } = store.getState().phase;
        if (phase === 'ready' || phase === 'failed' || phase === 'ca_changed') resolve();
        if (phase === 'in_use' || phase === 'taken_over') {
          reject(new ParleyError('agent_in_use', 'Another tab has it open. Forget it there, or close that tab first.'));
        }
      };
      store.subscribe(look);
      look();
    });
    await engine.forget();
    await dropDrafts(agentId);
  } finally {
    leaveAgent(agentId);
  }
}
