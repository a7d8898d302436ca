import type { HistoryUsageView } from '../../agent/contracts/history-views.ts';
import { formatCount, formatSize } from '../design/format.ts';

type Retention = HistoryUsageView['retention'];

/** What a person can choose from. */
export const retentions: readonly Retention[] = [
  { keep: 'all' },
  ...[365, 90, 30, 7, 1].map((days) => ({ keep: 'days', days }) as const),
  ...[100_000_000, 10_000_000, 1_000_000].map((bytes) => ({ keep: 'bytes', bytes }) as const),
];

/** Returns a retention in words, also to tell it from others. */
export function retentionWords(retention: Retention): string {
  switch (retention.keep) {
    case 'all':
      return 'everything';
    case 'days':
      return retention.days === 365 ? '1 year' : formatCount(retention.days, 'day');
    case 'bytes':
      return `the newest ${formatSize(retention.bytes)}`;
  }
}

/** Returns the choices, with the one that is set among them. */
export function choicesWith(set: Retention): readonly Retention[] {
  const isAmong = retentions.some((each) => retentionWords(each) === retentionWords(set));
  return isAmong ? retentions : [...retentions, set];
}
