import { conversationOf, type GroupAnswerView, type GroupPartView } from '../../contracts/group-views.ts';
import type { GroupExchangeView } from '../../contracts/views.ts';
import type { TalkGroup } from './ports.ts';

/** Characters of JSON that the answers under one request may have together: past that only who answered is kept. */
const mostOfAnswers = 8 * 1_024 * 1_024;

/** Returns the conversation that a group's talk is shown in: a direct group's is the one with its peer. */
export function conversationWith({ groupId, kind, peerId }: TalkGroup): string {
  return kind === 'direct' && peerId !== undefined ? peerId : conversationOf(groupId);
}

/** Returns the request_id of a member's message: a message_id is its sender's own, and a conversation may have several direct groups. */
export function requestIdOf({ groupId, kind }: TalkGroup, messageId: string, sender: string): string {
  return `${messageId}:${kind === 'direct' ? groupId : sender}`;
}

/** Returns an exchange with another part of its group. */
export function withPart(exchange: GroupExchangeView, part: Partial<GroupPartView>): GroupExchangeView {
  return { ...exchange, group: { ...exchange.group, ...part } };
}

/** Returns a request with one more answer under it, and whoever gave it no longer waited for. */
export function withAnswer(exchange: GroupExchangeView, answer: GroupAnswerView): GroupExchangeView {
  const { answers, awaiting } = exchange.group;
  const size = answers.reduce((sum, one) => sum + weightOf(one), weightOf(answer));
  const { result: _, error: __, ...bare } = answer;
  return withPart(exchange, {
    answers: [...answers, size > mostOfAnswers ? bare : answer],
    awaiting: awaiting.filter((one) => one !== answer.from),
  });
}

function weightOf({ result, error }: GroupAnswerView): number {
  return JSON.stringify(result ?? null).length + (error === undefined ? 0 : error.detail.length);
}

/** True for a request of this agent that somebody may still answer. */
export function isWaiting({ direction, status, group }: GroupExchangeView): boolean {
  return direction === 'outgoing' && group.kind === 'request' && status === 'pending';
}

/** True for a request of another member that this agent has not answered. */
export function isAsked({ direction, status, group }: GroupExchangeView): boolean {
  return direction === 'incoming' && group.kind === 'request' && (status === 'pending' || status === 'held');
}

/** Returns a request of another member that expired before this agent answered it. */
export function unanswered({ answerBy: _, ...exchange }: GroupExchangeView): GroupExchangeView {
  const error = { code: 'timed_out', detail: 'It expired before this agent answered it.' };
  return { ...exchange, status: 'failed', error };
}

/**
 * Returns a request of this agent that nobody is waited for any more, at `now` (milliseconds since 1970): answered when one member has
 * done it, refused when all who answered have, failed when nobody has.
 */
export function settled(exchange: GroupExchangeView, now: number): GroupExchangeView {
  const { answers, to, expiresAt = 0, delivery } = exchange.group;
  const durationMs = Math.max(0, now - exchange.at);
  const done = answers.find(({ status }) => status === 'success');
  // What is asked of one has one answer.
  const [only] = exchange.peerId.startsWith('#') && to?.length !== 1 ? [] : answers;
  if (done !== undefined) {
    return {
      ...exchange,
      status: 'success',
      durationMs,
      ...(only === undefined ? {} : { result: only.result ?? null }),
    };
  }
  const [refused] = answers;
  if (refused !== undefined) {
    const error = refused.error ?? { code: 'handler_failed', detail: 'The answer was too large to be kept.' };
    return { ...exchange, status: 'error', durationMs, error };
  }
  const isExpired = expiresAt <= now;
  const late =
    delivery === 'sending'
      ? 'It expired before the delivery service had stored it. Send it again.'
      : 'Nobody answered before it expired.';
  const detail = isExpired ? late : 'Everybody who was asked has left the group.';
  return { ...exchange, status: 'failed', durationMs, error: { code: 'timed_out', detail } };
}
