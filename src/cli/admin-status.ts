import { visibleLine } from '../console/visible-text.ts';
import { type ServerStatus, serverStatus } from '../http/operator-answers.ts';
import { complain } from './complain.ts';
import { exitCodes } from './exit-codes.ts';
import type { Given } from './given.ts';
import { OperatorClient } from './operator-client.ts';
import { dateOf, durationOf } from './when.ts';

/** Runs `parley admin status`. Returns the exit code. */
export async function runStatus({ flags }: Given, out: { write(text: string): unknown }): Promise<number> {
  try {
    const status = await (await OperatorClient.from(flags)).ask(serverStatus, '/operator/status');
    const lines = flags.json === true ? [JSON.stringify(status)] : linesOf(status);
    out.write(lines.map((line) => `${visibleLine(line)}\n`).join(''));
    return exitCodes.done;
  } catch (cause) {
    return complain(cause);
  }
}

function linesOf(status: ServerStatus): readonly string[] {
  const { version, node, url, uptime_seconds, agents, registration, revocation_list: list, store, ca, limits } = status;
  return [
    `Parley ${version} (Node ${node}) at ${url}, up ${durationOf(uptime_seconds)}`,
    `  Agents: ${agents.registered} registered, ${agents.connected} connected here. Registration: ${registration}.`,
    list === null
      ? '  Revocation list: none signed yet.'
      : `  Revocation list: number ${list.number}, signed ${durationOf(list.age_seconds)} ago, valid until ${dateOf(list.next_update, '')}`,
    `  Store: ${store.kind}${store.bytes === null ? '' : `, ${store.bytes} bytes`}`,
    ca === null ? '  CA: none yet.' : `  CA: valid until ${dateOf(ca.not_after, '')}, SHA-256 ${ca.fingerprint}`,
    ...limits.map(
      ({ name, used, most, under_pressure: isNear }) =>
        `  ${isNear ? '!' : ' '} ${name}: ${used} of ${most}${isNear ? ', under pressure' : ''}`,
    ),
  ];
}
