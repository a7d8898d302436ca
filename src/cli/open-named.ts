import { nodePlatform } from '../host/node-platform.ts';
import { type OpenedAgent, type OpenOptions, openAgent } from '../library/open-agent.ts';
import { ParleyError } from '../protocol/errors.ts';
import { faultOf, faultSentence } from '../storage/file/file-fault.ts';
import type { AgentArguments } from './options.ts';

/**
 * Opens the agent that a command line names. Rejects as `openAgent` does; what is wrong with its folder, and a Controller that cannot be
 * reached, are told with the flag and what it says.
 */
export async function openNamed(
  given: AgentArguments,
  more: Pick<OpenOptions, 'address' | 'emit' | 'reachable' | 'isQuiet' | 'left' | 'readsAnswers'>,
): Promise<OpenedAgent> {
  const { id: agentId, controller: server, folder, passphrase, registrationToken, files } = given;
  try {
    return await openAgent(
      {
        agentId,
        server,
        folder,
        ...more,
        ...(files === undefined ? {} : { files }),
        ...(passphrase === undefined ? {} : { passphrase }),
        ...(registrationToken === undefined ? {} : { registrationToken }),
      },
      nodePlatform,
    );
  } catch (cause) {
    throw withNames(cause, given);
  }
}

/** Returns the error for whoever typed the command: with the flag and the path or URL that it is about. */
export function withNames(cause: unknown, { root, controller }: AgentArguments): unknown {
  const fault = faultOf(cause);
  if (fault !== undefined) {
    const detail = faultSentence({ flag: '--data (PARLEY_AGENT_DATA)', path: root }, fault);
    return new ParleyError(fault.kind === 'full' ? 'storage_full' : 'storage_failed', detail, { cause });
  }
  if (cause instanceof ParleyError && cause.code === 'controller_unreachable') {
    const detail = `--controller (PARLEY_CONTROLLER) is ${controller}. ${cause.detail}`;
    return new ParleyError(cause.code, detail, { cause });
  }
  return cause;
}
