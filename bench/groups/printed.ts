import { printed as printedMls } from '../mls/printed.ts';
import type { GroupRow } from './suite.ts';
import type { TalkRow } from './talk.ts';

/** Gives the lines that say what was found. */
export function printed(rows: readonly GroupRow[]): readonly string[] {
  return [
    ...printedMls(rows.flatMap(({ operations }) => operations)),
    'Bytes, with credentials as Parley has them; joining in milliseconds with every check.',
    ...rows.map(lineOf),
    ...chart(rows),
  ];
}

/** Gives the lines that say what a group costs a whole agent. */
export function printedTalk(rows: readonly TalkRow[]): readonly string[] {
  return rows.map(
    ({ members, create, join, messages, say, catchUp, diskPerMessage }) =>
      `An agent over SQLite, ${members} members: made in ${create.toFixed(0)} ms, joined in ${join.toFixed(0)} ms; of ${messages} messages each said in ${say.toFixed(1)} ms, caught up with in ${catchUp.toFixed(1)} ms, ${Math.round(diskPerMessage)} bytes on disk.`,
  );
}

function lineOf({ runtime, members, sent, joinChecked, storedPerMessage, storedMember, memory }: GroupRow): string {
  const sizes = Object.entries(sent).map(([what, bytes]) => `${what} ${bytes}`);
  const inMemory = memory === undefined ? '' : `, in memory ${Math.round(memory)}`;
  return `${runtime.padEnd(9)}${String(members).padStart(5)}  ${sizes.join(', ')}; join ${joinChecked.toFixed(0)} ms; stored per message ${storedPerMessage}, in all ${storedMember}${inMemory}`;
}

/** Draws the bytes of an update by the size of the group: in a fresh tree they grow with the members, in a used one with the levels. */
function chart(rows: readonly GroupRow[]): readonly string[] {
  const most = Math.max(1, ...rows.map(({ sent }) => sent.updateFresh));
  const bar = (bytes: number) => '#'.repeat(Math.max(1, Math.round((60 * bytes) / most)));
  return [
    'Bytes of an update:',
    ...rows.flatMap(({ members, sent }) => [
      `${String(members).padStart(5)} fresh ${bar(sent.updateFresh)} ${sent.updateFresh}`,
      `${String(members).padStart(5)} used  ${bar(sent.updateUsed)} ${sent.updateUsed}`,
    ]),
  ];
}
