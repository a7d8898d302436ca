import type { FileStatus, FileView } from '../../../agent/contracts/file-views.ts';
import { formatDuration, formatSize } from '../../design/format.ts';

/** Why a file waits: the peer cannot be reached, or this agent has no connection itself. */
export type Obstacle = 'peer' | 'own';

/** Returns the word for where a file stands, as its row shows it at the end. */
export function statusWord({ status, direction }: Pick<FileView, 'status' | 'direction'>): string {
  const isIncoming = direction === 'incoming';
  const words: Readonly<Record<FileStatus, string>> = {
    offered: isIncoming ? 'accept?' : 'offered',
    moving: isIncoming ? 'receiving' : 'sending',
    paused: 'paused',
    waiting: 'waiting',
    whole: isIncoming ? 'RECEIVED' : 'SENT',
    declined: 'DECLINED',
    cancelled: 'CANCELLED',
    missing: 'MISSING',
    failed: 'FAILED',
  };
  return words[status];
}

/** True for a file that nothing moves any more. */
export function isOver({ status }: Pick<FileView, 'status'>): boolean {
  return ['whole', 'declined', 'cancelled', 'missing', 'failed'].includes(status);
}

/** Returns how far a file has come: `12.4 MB of 200.0 MB`, while it moves with its rate and the time left. */
export function progressWords({ status, moved, size, rate }: FileView): string {
  const far = moved === 0 ? formatSize(size) : `${formatSize(moved)} of ${formatSize(size)}`;
  if (status !== 'moving' || rate === undefined || rate <= 0) return far;
  return `${far} · ${formatSize(rate)}/s · ${timeLeft((size - moved) / rate)} left`;
}

/** Returns seconds that are left: whole ones, and minutes or hours when there are many. */
function timeLeft(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  return whole < 60 ? `${whole} s` : formatDuration(whole * 1_000);
}

/** Returns how many quarters of a file have come, for whoever hears of its progress: seldom enough to listen to. */
export function quarterWords({ status, direction, moved, size }: FileView): string {
  if (status !== 'moving') return '';
  const quarters = size === 0 ? 4 : Math.floor((4 * moved) / size);
  return `${quarters * 25}% ${direction === 'incoming' ? 'received' : 'sent'}`;
}

function pausedSentence({ peerId, pausedBy }: FileView): string {
  if (pausedBy === 'there')
    return `${peerId} paused it. Nothing is lost: it goes on from here when ${peerId} resumes it.`;
  if (pausedBy === 'both')
    return `Paused here and by ${peerId}. Nothing is lost: it goes on from here when both resume it.`;
  return 'Paused here. Nothing is lost: it goes on from here when you resume it.';
}

/** Returns in a sentence or two what a file's state means and what to do next; undefined while it simply moves. */
export function statusSentence(file: FileView, obstacle: Obstacle): string | undefined {
  const { status, peerId, direction, moved } = file;
  const isIncoming = direction === 'incoming';
  switch (status) {
    case 'moving':
      return undefined;
    case 'offered':
      return isIncoming
        ? `${peerId} offers this file. Nothing has been sent yet.`
        : `${peerId} has not decided yet. Nothing has been sent.`;
    case 'paused':
      return pausedSentence(file);
    case 'waiting':
      return obstacle === 'own'
        ? 'Waiting for this agent’s connection to its server. It goes on by itself.'
        : `Waiting for ${peerId}, which cannot be reached. It goes on by itself.`;
    case 'whole':
      return undefined;
    case 'declined':
      return isIncoming ? 'Declined here. No bytes were sent.' : `${peerId} declined it. No bytes were sent.`;
    case 'cancelled':
      return moved === 0 ? 'Cancelled. No bytes were sent.' : 'Cancelled. The bytes that the receiver had are deleted.';
    case 'missing':
      return isIncoming
        ? `${peerId} no longer has this file, so it did not come whole and cannot be saved. Ask for a new offer.`
        : `The file can no longer be read here, so ${peerId} did not get it whole. Choose the file and offer it again.`;
    case 'failed':
      return isIncoming
        ? 'It did not come whole and cannot be saved. Ask for a new offer.'
        : `${peerId} did not get it whole. Choose the file and offer it again.`;
  }
}
