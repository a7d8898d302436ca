import * as v from 'valibot';
import { readBody } from '../../http/body.ts';
import type { AgentId } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { parseObject } from '../../protocol/wire/parse.ts';
import { startNetwork } from './network.ts';

/** A name of the Controller's directory. */
interface ListedName {
  readonly agentId: AgentId;
  readonly status: 'active' | 'revoked';
}

/** Reads the first `limit` names after `after` in the directory, in order (protocol page, section 6). */
export type ReadNames = (after: string, limit: number) => Promise<readonly ListedName[]>;

/** Bytes of an answer: 32 agents with their certificates are some 120 kB. */
const answerLimit = 1024 * 1024;
const deadlineMs = 10_000;

const page = v.object({
  agents: v.array(v.object({ agent_id: v.custom<AgentId>(isName), status: v.picklist(['active', 'revoked']) })),
});

/** Reads names of this server's directory. Rejects with `controller_unreachable`. */
export const readNames: ReadNames = async (after, limit) => {
  await startNetwork();
  const path = `/controller/agents?${new URLSearchParams({ ...(after === '' ? {} : { after }), limit: String(limit) })}`;
  try {
    const answer = await fetch(path, { signal: AbortSignal.timeout(deadlineMs), credentials: 'omit' });
    const { agents } = v.parse(page, parseObject(await readBody(answer, answerLimit), answerLimit));
    return agents.map(({ agent_id, status }) => ({ agentId: agent_id, status }));
  } catch (cause) {
    throw new ParleyError(
      'controller_unreachable',
      'The directory cannot be read. Check the connection, then try again.',
      {
        cause,
      },
    );
  }
};

function isName(value: unknown): boolean {
  return typeof value === 'string' && isAgentId(value);
}
