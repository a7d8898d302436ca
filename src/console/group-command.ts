import type { GroupView } from '../agent/contracts/group-views.ts';
import type { ConsoleAgent, Say } from './agent.ts';
import { type Command, required } from './command.ts';
import { findGroup } from './group-names.ts';

/** What a command about one group is run with. */
interface OneGroup {
  readonly agent: ConsoleAgent;
  readonly group: GroupView;
  /** The words after the group. */
  readonly words: readonly string[];
  readonly say: Say;
  /** The command itself, which says how it is typed. */
  readonly command: Command;
}

/** A command about one group: `more` is how the words after the group are typed, `arguments` what these may be. */
interface AboutGroup extends Pick<Command, 'name' | 'help' | 'rest'> {
  readonly more?: string;
  readonly arguments?: Command['arguments'];
  run(one: OneGroup): Promise<void>;
}

/** Returns a command of groups whose first word names a group of this agent. */
export function aboutGroup({ name, more, arguments: following = [], run, ...said }: AboutGroup): Command {
  const command: Command = {
    ...said,
    name,
    usage: ['group', name, '<group>', ...(more === undefined ? [] : [more])].join(' '),
    arguments: ['group', ...following],
    run: async (agent, [word, ...words], say) => {
      const group = findGroup(agent.groups(), required(word, 'a group', command));
      await run({ agent, group, words, say, command });
    },
  };
  return command;
}
