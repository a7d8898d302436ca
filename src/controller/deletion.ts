import type { AgentId } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { ControllerContext } from './context.ts';
import { type Authority, checkOperator } from './revocation.ts';

/**
 * Deletes an agent's name for the operator: anybody may register it again. Its certificates are revoked and stay on the list
 * until 31 days after they expire; a fresh CRL says so when this resolves. Throws `not_authorized` or `unknown_agent`.
 */
export async function deleteAgent(context: ControllerContext, id: string, authority: Authority): Promise<AgentId> {
  await checkOperator(authority);
  const { store, now, lists } = context;
  const unknown = () => new ParleyError('unknown_agent', 'No agent of this agent_id has registered.');
  const record = await store.agent(id);
  if (record === undefined) throw unknown();
  await store.updateAgent(record.agentId, (current) => {
    if (current === undefined || current.deletedAt !== undefined) throw unknown();
    const { revoked: agentRevoked, ...rest } = current;
    const revoked = agentRevoked ?? { at: now(), reason: 'cessationOfOperation' };
    // A certificate that was superseded ends nothing: the name it is for is gone now.
    const issued = current.issued.map((certificate) => ({ ...certificate, revoked }));
    return { ...rest, issued, deletedAt: now() };
  });
  await lists.renew();
  return record.agentId;
}
