import type { FileView } from '../agent/contracts/file-views.ts';
import { visibleLine } from '../console/visible-text.ts';

const units = ['B', 'KiB', 'MiB', 'GiB'] as const;

/** Returns a number of bytes as a person reads it, such as `1.5 MiB`. */
export function sizeWords(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  const number = bytes / 1024 ** power;
  return `${power === 0 ? number : number.toFixed(number < 10 ? 1 : 0)} ${units[power]}`;
}

/** Returns how far a file is, as one line without an end. */
export function progressWords({ name, size, moved, rate, status }: FileView): string {
  const percent = size === 0 ? 100 : Math.floor((100 * moved) / size);
  const speed = rate === undefined || rate <= 0 ? '' : `, ${sizeWords(rate)}/s, ${leftWords((size - moved) / rate)}`;
  const state = status === 'moving' ? '' : `, ${stateWords[status]}`;
  return `${visibleLine(name)}: ${percent}% of ${sizeWords(size)}${speed}${state}`;
}

function leftWords(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s left` : `${Math.ceil(seconds / 60)} min left`;
}

const stateWords = {
  offered: 'waits for the peer to accept it',
  moving: 'moving',
  paused: 'paused',
  waiting: 'waits for the peer',
  whole: 'whole',
  declined: 'declined',
  cancelled: 'cancelled',
  missing: 'changed or deleted since it was offered',
  failed: 'failed',
} as const satisfies Record<FileView['status'], string>;
