import { toHex } from '../../protocol/bytes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { leaves } from '../run/body.ts';
import { timesRun } from '../run/judge.ts';
import { runTries, type Scenario } from '../run/run.ts';
import type { LabMessage } from '../run/scenario.ts';

const secret = 'Meet me at the north harbour at nine';

/** The attacker reads everything and changes nothing. */
export const eavesdropping: Scenario = {
  info: {
    id: 'eavesdropping',
    title: 'Eavesdropping',
    summary: 'Read everything, change nothing',
    attempts: 1,
    has: 'A copy of every byte between the two agents: the handshake and every message, in both directions.',
    wants: 'To learn what Traveller says to Helper, in whole or in part.',
    promise:
      'Messages are encrypted with AES-256-GCM under keys that only the two agents can derive (parley/1, sections 3 and 4).',
  },
  run: (lab) =>
    runTries(lab, [
      {
        id: 'read',
        title: 'Search the whole line for the words',
        act: async ({ world, traveller, helper }) => {
          await traveller.agent.connect(helper.agentId);
          const { sessionId } = await traveller.agent.send({
            peerId: helper.agentId,
            method: 'echo',
            parameters: { text: secret },
          });
          const arrived = timesRun(helper, secret);
          if (arrived !== 1)
            throw new ParleyError('internal_error', 'The words never crossed the line, so this shows nothing.');
          const found = findings(world.wire.log, secret);
          const bytes = world.wire.log.reduce((sum, { delivered = '' }) => sum + delivered.length, 0);
          return {
            succeeded: found.length > 0,
            sessionId,
            evidence: [
              `Helper received “${secret}” ${arrived} time and echoed it: the words did cross the line.`,
              `The attacker holds ${world.wire.log.length} bodies, ${bytes} bytes in all.`,
              found.length === 0
                ? 'Neither the sentence, nor a word of it, nor any piece of nine letters occurs in them: not as text, not in base64, not in hex, not inside a decoded member.'
                : `Found on the line: ${found.join(', ')}.`,
            ],
          };
        },
      },
    ]),
};

/** Returns the pieces of `text` that occur in the recorded traffic, in any usual encoding. */
function findings(log: readonly LabMessage[], text: string): readonly string[] {
  const haystack = log.flatMap(({ sent = '', delivered = '' }) => [sent, delivered, ...decoded(delivered)]).join('\n');
  const pieces = [text, ...text.split(' ').filter((word) => word.length > 4)];
  for (let at = 0; at + 9 <= text.length; at++) pieces.push(text.slice(at, at + 9));
  return pieces.filter((piece) => writings(piece).some((writing) => haystack.includes(writing)));
}

/** Returns base64 members as the text that their bytes are. */
function decoded(body: string): readonly string[] {
  return [...leaves(body).values()].flatMap((value) => {
    if (typeof value !== 'string' || !/^[A-Za-z0-9+/]{8,}={0,2}$/.test(value) || value.length % 4 !== 0) return [];
    return [atob(value)];
  });
}

/**
 * Returns a piece as text, in hex, and in base64 at each of its three offsets, where that is long enough to mean
 * anything.
 */
function writings(piece: string): readonly string[] {
  const hex = toHex(Uint8Array.from(piece, (character) => character.charCodeAt(0)));
  const shifted = [0, 1, 2].map((by) =>
    btoa('\0'.repeat(by) + piece).slice(Math.ceil((8 * by) / 6), Math.floor((8 * (by + piece.length)) / 6)),
  );
  return [piece, hex, ...shifted.filter(({ length }) => length >= 10)];
}
