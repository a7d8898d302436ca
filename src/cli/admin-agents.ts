import { createInterface } from 'node:readline/promises';
import * as v from 'valibot';
import { visibleLine } from '../console/visible-text.ts';
import { agentRows } from '../http/operator-answers.ts';
import { ParleyError } from '../protocol/errors.ts';
import { isAgentId } from '../protocol/ids.ts';
import { complain } from './complain.ts';
import { exitCodes } from './exit-codes.ts';
import type { Given } from './given.ts';
import { OperatorClient, textIn } from './operator-client.ts';
import type { Terminal } from './screen.ts';
import { tableOf } from './table.ts';
import { dateOf } from './when.ts';

/** Hex digits of a key's fingerprint in the table: as many as the server's log shows. */
const keyDigits = 32;

const reasons = ['keyCompromise', 'affiliationChanged', 'cessationOfOperation', 'privilegeWithdrawn'] as const;
const revoked = v.object({ agent_id: v.string(), status: v.literal('revoked') });
const known = v.object({ agent_id: v.string(), status: v.picklist(['active', 'revoked']) });

/** Runs `parley admin agents`. Returns the exit code. */
export async function runAgents({ flags }: Given, out: { write(text: string): unknown }): Promise<number> {
  try {
    const search = new URLSearchParams();
    for (const name of ['filter', 'state', 'limit', 'after']) {
      const value = textIn(flags, name);
      if (value !== undefined) search.set(name, value);
    }
    const page = await (await OperatorClient.from(flags)).ask(agentRows, `/operator/agents?${search}`);
    if (flags.json === true) {
      out.write(`${visibleLine(JSON.stringify(page))}\n`);
      return exitCodes.done;
    }
    const rows = page.agents.map((agent) => [
      agent.agent_id,
      agent.status === 'revoked' ? 'revoked' : agent.online ? 'online' : 'offline',
      agent.online ? 'now' : dateOf(agent.last_seen, 'never'),
      dateOf(agent.certificate_end, 'none'),
      agent.key.replaceAll(':', '').slice(0, keyDigits),
    ]);
    out.write(tableOf(['AGENT', 'STATE', 'LAST SEEN', 'CERTIFICATE END', 'KEY'], rows));
    if (page.next !== undefined) out.write(`There may be more: --after ${page.next}\n`);
    return exitCodes.done;
  } catch (cause) {
    return complain(cause);
  }
}

/** Runs `parley admin revoke AGENT_ID`. Returns the exit code. */
export async function runRevoke({ words, flags }: Given, terminal: Terminal): Promise<number> {
  try {
    const [agentId = ''] = words;
    const reason = textIn(flags, 'reason') ?? 'privilegeWithdrawn';
    if (!isAgentId(agentId)) throw invalid(`${agentId} is no agent_id. Nothing was revoked.`);
    if (!reasons.some((one) => one === reason))
      throw invalid(`--reason is one of ${reasons.join(', ')}. Nothing was revoked.`);
    const client = await OperatorClient.from(flags);
    await client.ask(known, `/controller/agents/${agentId}`);
    if (flags.yes !== true && !(await isConfirmed(agentId, client.url, terminal))) {
      terminal.output.write('Nothing was revoked.\n');
      return exitCodes.usage;
    }
    const body = { agent_id: agentId, reason, timestamp: Math.floor(Date.now() / 1_000) };
    const answer = await client.ask(revoked, '/controller/revoke', { method: 'POST', body });
    terminal.output.write(
      flags.json === true
        ? `${visibleLine(JSON.stringify(answer))}\n`
        : `${agentId} is revoked. A new revocation list says so, and its connection is closed.\n`,
    );
    return exitCodes.done;
  } catch (cause) {
    return complain(cause);
  }
}

async function isConfirmed(agentId: string, url: string, { input, output, isInteractive }: Terminal): Promise<boolean> {
  if (!isInteractive) throw invalid('Give --yes to revoke without a question. Nothing was revoked.');
  const lines = createInterface({ input, output });
  try {
    // An input that ends answers nothing, and the question would stay open.
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    const asked = lines.question(`Revoke ${agentId} at ${url}? It cannot be undone. Type yes: `);
    const answer = await Promise.race([asked.catch(() => ''), ended]);
    return answer.trim().toLowerCase() === 'yes';
  } finally {
    lines.close();
  }
}

function invalid(sentence: string): ParleyError {
  return new ParleyError('invalid_input', sentence);
}
