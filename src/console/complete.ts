import type { GroupView, InvitationView } from '../agent/contracts/group-views.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import { shortName } from './names.ts';

/** The names that words of a line may be completed to. */
export interface Known {
  readonly peers: readonly string[];
  readonly sessions: readonly string[];
  readonly groups: readonly Pick<GroupView, 'groupId' | 'name'>[];
  readonly invitations: readonly Pick<InvitationView, 'groupId' | 'name'>[];
}

/** A line with its last word completed as far as all candidates agree, and the candidates when there are several. */
export interface Completion {
  readonly line: string;
  readonly candidates: readonly string[];
}

/** Completes the last word of a line: a command, a peer, a session or a group. */
export function complete(line: string, known: Known): Completion {
  const words = line.split(/\s+/);
  const last = words.at(-1) ?? '';
  const candidates = candidatesFor(words, known).filter((candidate) => candidate.startsWith(last));
  const [only, ...more] = candidates;
  if (only === undefined) return { line, candidates: [] };
  const before = line.slice(0, line.length - last.length);
  if (more.length === 0) return { line: `${before}${only} `, candidates: [] };
  return { line: before + commonStart(candidates), candidates };
}

function candidatesFor(words: readonly string[], known: Known): readonly string[] {
  if (words.length === 1) return commands.map(({ name }) => name);
  const command = commands.find(({ name }) => name === words[0]);
  if (command?.inside === undefined) return wordsFor(command, words.slice(1), known);
  if (words.length === 2) return command.inside.map(({ name }) => name);
  return wordsFor(
    command.inside.find(({ name }) => name === words[1]),
    words.slice(2),
    known,
  );
}

/** Returns what the last of a command's words may be. */
function wordsFor(command: Command | undefined, words: readonly string[], known: Known): readonly string[] {
  const { peers, sessions, groups, invitations } = known;
  const peerNames = () => [...new Set(peers.flatMap((id) => [shortName(id), id]))];
  const sessionNames = () => sessions.map((id) => id.slice(0, 8));
  switch (command?.arguments[words.length - 1] ?? command?.rest) {
    case 'peer':
      return peerNames();
    case 'session':
      return sessionNames();
    case 'peer or session':
      return [...sessionNames(), ...peerNames()];
    case 'group':
      return groups.map(groupWord);
    case 'invitation':
      return invitations.map(groupWord);
    default:
      return command?.name === 'help' ? commands.map(({ name }) => name) : [];
  }
}

/** Returns what a group can be typed as: its name where that is one word. */
function groupWord({ groupId, name }: Pick<GroupView, 'groupId' | 'name'>): string {
  return /^[^\s"'\\]+$/.test(name) ? name : groupId.slice(0, 8);
}

function commonStart(words: readonly string[]): string {
  const [first = ''] = words;
  let length = first.length;
  while (!words.every((word) => word.startsWith(first.slice(0, length)))) length -= 1;
  return first.slice(0, length);
}
