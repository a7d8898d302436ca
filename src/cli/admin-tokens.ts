import { visibleLine } from '../console/visible-text.ts';
import { type MadeTokenRow, madeToken, type TokenRow, tokenRow, tokenRows } from '../http/operator-answers.ts';
import { ParleyError } from '../protocol/errors.ts';
import { complain } from './complain.ts';
import { exitCodes } from './exit-codes.ts';
import type { Given } from './given.ts';
import { OperatorClient, textIn } from './operator-client.ts';
import { tableOf } from './table.ts';
import { dateOf } from './when.ts';

interface Out {
  write(text: string): unknown;
}

const unitSeconds: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };

/** Runs `parley admin tokens list`. Returns the exit code. */
export function listTokens(given: Given, out: Out): Promise<number> {
  return asked(given, out, async (client) => {
    const answer = await client.ask(tokenRows, '/operator/tokens');
    const rows = answer.tokens.map((token) => [
      token.id,
      token.name,
      token.usable ? 'usable' : 'ended',
      token.uses === null ? `${token.used}` : `${token.used} of ${token.uses}`,
      dateOf(token.expires_at, 'never'),
    ]);
    return { answer, words: tableOf(['ID', 'NAME', 'STATE', 'USED', 'EXPIRES'], rows) };
  });
}

/** Runs `parley admin tokens make NAME`. Returns the exit code. */
export function makeToken(given: Given, out: Out): Promise<number> {
  const [name = ''] = given.words;
  return asked(given, out, async (client) => {
    const expires = textIn(given.flags, 'expires');
    const uses = textIn(given.flags, 'uses');
    const body = {
      name,
      ...(expires === undefined ? {} : { expires_in: secondsIn(expires) }),
      ...(uses === undefined ? {} : { uses: countIn(uses) }),
    };
    const answer = await client.ask(madeToken, '/operator/tokens', { method: 'POST', body });
    return { answer, words: secretWords(answer, `Token ${name} (${answer.id}) was made.`) };
  });
}

/** Runs `parley admin tokens rotate TOKEN`. Returns the exit code. */
export function rotateToken(given: Given, out: Out): Promise<number> {
  return asked(given, out, async (client) => {
    const path = `/operator/tokens/${encodeURIComponent(given.words[0] ?? '')}/rotate`;
    const answer = await client.ask(madeToken, path, { method: 'POST', body: {} });
    return {
      answer,
      words: secretWords(
        answer,
        `Token ${answer.name} (${answer.id}) has another secret. The former one admits nobody any more.`,
      ),
    };
  });
}

/** Runs `parley admin tokens revoke TOKEN`. Returns the exit code. */
export function revokeToken(given: Given, out: Out): Promise<number> {
  return asked(given, out, async (client) => {
    const path = `/operator/tokens/${encodeURIComponent(given.words[0] ?? '')}`;
    const answer: TokenRow = await client.ask(tokenRow, path, { method: 'DELETE' });
    return {
      answer,
      words: `Token ${visibleLine(answer.name)} (${answer.id}) has ended. Agents that it admitted stay.\n`,
    };
  });
}

async function asked(
  { flags }: Given,
  out: Out,
  ask: (client: OperatorClient) => Promise<{ readonly answer: object; readonly words: string }>,
): Promise<number> {
  try {
    const { answer, words } = await ask(await OperatorClient.from(flags));
    out.write(flags.json === true ? `${visibleLine(JSON.stringify(answer))}\n` : words);
    return exitCodes.done;
  } catch (cause) {
    return complain(cause);
  }
}

function secretWords({ token, expires_at, uses }: MadeTokenRow, first: string): string {
  const bounds = `It admits ${uses === null ? 'any number of' : uses} new agents${expires_at === null ? '' : ` until ${dateOf(expires_at, '')}`}.`;
  const lines = [first, bounds, 'It is shown once; the server stores only its hash:', token];
  return lines.map((line) => `${visibleLine(line)}\n`).join('');
}

function secondsIn(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (unitSeconds[unit] ?? 0);
  if (seconds > 0) return seconds;
  throw new ParleyError(
    'invalid_input',
    `--expires is ${text}, which is no time such as 90m, 12h or 30d. Nothing was made.`,
  );
}

function countIn(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new ParleyError('invalid_input', `--uses is ${text}, which is no number from 1 to 1000. Nothing was made.`);
}
