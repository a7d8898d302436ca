import { kindOf } from '../run/body.ts';
import type { LabMessage } from '../run/scenario.ts';
import type { Attack } from '../run/wire.ts';

/** Changes every request of one kind that is JSON. */
export function changeRequests(kind: LabMessage['kind'], change: (body: string) => string): Attack {
  return (hop) => hop.forward(hop.kind === kind && hop.form === undefined ? change(hop.body) : hop.body);
}

/** Changes every answer of one kind that is JSON. */
export function changeAnswers(kind: LabMessage['kind'], change: (body: string) => string): Attack {
  return async (hop) => {
    const answer = await hop.forward();
    return kindOf(answer.body, answer.form) === kind && answer.form === undefined
      ? { ...answer, body: change(answer.body) }
      : answer;
  };
}

/** Returns the first body of a kind that passed, as its sender wrote it. */
export function bodyOf(log: readonly LabMessage[], kind: LabMessage['kind']): string | undefined {
  return log.find((message) => message.kind === kind && message.sent !== undefined)?.sent;
}
