import type { Beginning } from '../../../recording/beginning.ts';
import { lessonOfCheck, lessonOfOperation, messageLessons } from '../../../recording/lesson-words.ts';
import { otherSide, type Side } from '../steps/timeline.ts';
import type { WorkStep } from '../steps/work-step.ts';
import type { MessageRow, Outcome, Row } from './handshake-model.ts';

/** One step of the walk through a diagram. */
export interface Step {
  /** The same after a reload, and whatever else is recorded meanwhile: the address holds it. */
  readonly id: string;
  /** The line of the diagram, and the place within it. */
  readonly row: number;
  readonly part: number;
  /** What just happened, and what would be missing without it. */
  readonly sentence: string;
  /** A message: what the walk can go on to in one stride. */
  readonly isMessage: boolean;
}

type Agents = Readonly<Record<Side, string>>;

/** Returns every step of a diagram in its order, as far as it is seen. */
export function walkThrough(rows: readonly Row[], agents: Agents, beginning: Beginning): readonly Step[] {
  const counts = { client: 0, server: 0 };
  let message = 'nothing';
  return rows.flatMap((row, at) => {
    if (row.kind === 'message') message = row.id;
    const first = row.kind === 'work' ? counts[row.side] + 1 : 0;
    if (row.kind === 'work') counts[row.side] += row.steps.length;
    return partsOf(row, { agents, beginning, first, message }).map(([id, sentence], part) => ({
      id,
      row: at,
      part,
      sentence,
      isMessage: row.kind === 'message',
    }));
  });
}

interface Around {
  readonly agents: Agents;
  readonly beginning: Beginning;
  /** The number of the line's first step among those of its side. */
  readonly first: number;
  /** The message that went before. */
  readonly message: string;
}

function partsOf(row: Row, around: Around): readonly (readonly [id: string, sentence: string])[] {
  const { agents, beginning, first, message } = around;
  switch (row.kind) {
    case 'message':
      return [[row.id, told(messageLesson(row), agents, row.from, row.message)]];
    case 'work':
      return row.steps.map((step, i) => [`${row.side}-${first + i}`, workLesson(step, agents, row.side, beginning)]);
    case 'elsewhere':
      return [[`${row.side}-on-${message}`, told(elsewhereLesson(row.outcome), agents, row.side, row.of)]];
    case 'epoch':
      return [[`epoch-${row.number}`, told(epochLesson(row.number), agents, row.by, '')]];
    case 'ending':
      return [['ending', endingLesson(row, agents)]];
    case 'waiting':
      return [];
  }
}

function told(lesson: string, agents: Agents, me: Side, message: string): string {
  return lesson
    .replaceAll('{me}', agents[me])
    .replaceAll('{peer}', agents[otherSide(me)])
    .replaceAll('{message}', message);
}

function messageLesson({ message, fate }: MessageRow): string {
  switch (fate) {
    case 'arrived':
      return messageLessons[message];
    case 'altered':
      return 'Somebody altered the {message} on the way; without the checks that follow, {peer} would not notice.';
    case 'lost':
      return 'The {message} never arrived; without it, {peer} cannot go on.';
    case 'injected':
      return '{me} never sent this {message}; without the checks that follow, {peer} would take it for genuine.';
  }
}

function workLesson(step: WorkStep, agents: Agents, side: Side, beginning: Beginning): string {
  if (step.kind === 'operation') {
    return told(lessonOfOperation(step.operation, beginning), agents, side, '');
  }
  const { check, of, refusal } = step;
  if (refusal === undefined) return told(lessonOfCheck(check, of), agents, side, of);
  const lesson = '{me} refused the {message} here; without this refusal, it would trust what did not pass the check.';
  return told(lesson, agents, side, of);
}

function elsewhereLesson(outcome: Extract<Row, { kind: 'elsewhere' }>['outcome']): string {
  switch (outcome) {
    case 'accepted':
      return '{me} checked the {message} and accepted it; without its own recording, the steps are not seen here.';
    case 'refused':
      return '{me} checked the {message} and refused it; without its own recording, the failed check is not seen here.';
    case 'unknown':
      return '{me} checks the {message} on its own side; without its own recording, the outcome is not seen here.';
  }
}

const epochLesson = (number: number) =>
  `Epoch ${number} began, by an update of {me}; without it, whoever stole the earlier keys could read on.`;

function endingLesson({ client, server }: Extract<Row, { kind: 'ending' }>, agents: Agents): string {
  if (client?.kind === 'established' && server?.kind === 'established') {
    return client.keyFingerprint === server.keyFingerprint
      ? 'The session is established: both fingerprints are equal; without equal keys, no message would decrypt.'
      : 'The two sides hold different keys; without equal keys, no message between them decrypts.';
  }
  const failed = (
    [
      ['client', client],
      ['server', server],
    ] as const
  ).find(isFailure);
  if (failed === undefined) {
    const me = client === undefined ? 'server' : 'client';
    return told(
      '{me} holds keys that both sides confirmed; without the confirmation, it would have stopped here.',
      agents,
      me,
      '',
    );
  }
  return told(
    '{me} ended without a session; without this end, it would talk to somebody it could not check.',
    agents,
    failed[0],
    '',
  );
}

function isFailure(entry: readonly [Side, Outcome | undefined]): boolean {
  return entry[1]?.kind === 'failed';
}
