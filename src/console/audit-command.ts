import { ParleyError } from '../protocol/errors.ts';
import { type Command, info } from './command.ts';

/** Shows the head of the audit trail, or checks the whole trail. */
export const audit: Command = {
  name: 'audit',
  usage: 'audit [verify]',
  help: 'Shows the head of the audit trail and its newest entries. With verify, checks every hash and signature.',
  arguments: ['text'],
  run: async (agent, [word], say) => {
    if (word === 'verify') {
      const { brokenAt, words } = await agent.verifyAudit();
      say(brokenAt === undefined ? info(words, '✓') : { line: { level: 'ERROR', mark: '✗', text: words } });
      return;
    }
    if (word !== undefined)
      throw new ParleyError('invalid_input', `“${word}” is not an option of audit. Type audit, or audit verify.`);
    const { head, entries } = await agent.audit(newest);
    say({
      table: {
        headings: ['entry', 'when', 'what'],
        rows: entries.toReversed().map(({ index, at, words }) => [String(index), new Date(at).toISOString(), words]),
      },
    });
    say(info(`${head.length} entries, head ${head.hash}`));
    say(info('Write this head down: it shows later whether an earlier entry was changed.'));
  },
};

/** Entries that are shown. */
const newest = 10;
