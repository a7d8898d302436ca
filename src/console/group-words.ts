import type { GroupAnswerView, GroupMemberView, GroupView } from '../agent/contracts/group-views.ts';
import type { GroupExchangeView } from '../agent/contracts/views.ts';
import type { OutputLine } from './agent.ts';
import { answerWords, cut, requestWords } from './said.ts';
import { saidBesideFile } from './said-text.ts';

/** Returns what a member is beside its name: its roles, and why nothing is sent to it. */
export function memberWords(member: GroupMemberView): string {
  const { isSelf, isHeard, isLeaving, isDiverged, trust } = member;
  const words = [
    ...(isSelf ? ['this agent'] : []),
    ...(isHeard || isSelf ? [] : ['not heard yet']),
    ...(isLeaving ? ['leaving'] : []),
    ...(isDiverged ? ['reads another history'] : []),
    ...(trust === 'trusted' ? [] : [notTrusted[trust]]),
  ];
  return words.join(', ');
}

const notTrusted = {
  expired: 'certificate expired',
  revoked: 'certificate revoked',
  key_changed: 'KEY CHANGED',
  waiting: 'certificate not checked yet',
} as const;

/** Returns how this agent stands in a group, and why nothing is sent or read. */
export function statusWords({ status, blocked, waiting }: GroupView): string {
  const why = blocked ?? waiting;
  return why === undefined || status === 'left' || status === 'removed' ? status : `${status}: ${why.detail}`;
}

/** Returns what a message of a group says, with its file, or what a request asks. */
export function groupSaid(exchange: GroupExchangeView): string {
  const { group, parameters } = exchange;
  const { kind, attachment } = group;
  if (kind === 'request') return requestWords(exchange);
  const said = saidBesideFile(parameters, attachment);
  const words = said === undefined ? [] : [cut(answerWords(said))];
  const file = attachment === undefined ? [] : [`[${attachment.name ?? 'file'}, ${attachment.size} bytes]`];
  return [...words, ...file].join(' ');
}

/** Returns what one member answered. */
export function groupAnswered({ status, result, error }: GroupAnswerView): string {
  if (status === 'success') return cut(answerWords(result ?? null));
  return error === undefined ? 'an error' : `${error.detail} (${error.code})`;
}

/** Returns the lines of an exchange of a group: who said what and when, and below it the answers and who has not answered. */
export function groupExchangeLines(exchange: GroupExchangeView): readonly OutputLine[] {
  const { at, group, status, error } = exchange;
  const { sender, answers, awaiting, apart, delivery, kind } = group;
  const notes = [
    ...(apart === undefined ? [] : [apart === 'diverged' ? 'reads another history, not run' : 'not trusted, not run']),
    ...(delivery === 'sending' && status !== 'failed' ? ['not stored by the service yet'] : []),
    ...(status === 'failed' && error !== undefined && apart === undefined ? [`${error.detail} (${error.code})`] : []),
  ];
  const note = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
  return [
    { level: 'OUT', text: `${new Date(at).toISOString()}  ${sender}: ${groupSaid(exchange)}${note}` },
    ...answers.map((answer) => answerLine(answer)),
    ...(kind === 'request' && awaiting.length > 0
      ? [{ level: 'INFO', text: `  no answer yet: ${awaiting.join(', ')}` } as const]
      : []),
  ];
}

/** Returns the line of one member's answer. */
export function answerLine(answer: GroupAnswerView): OutputLine {
  const level = answer.status === 'success' ? 'INFO' : 'WARN';
  return { level, text: `  ${answer.from}: ${groupAnswered(answer)}` };
}
