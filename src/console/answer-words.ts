import type { BodyView } from '../agent/contracts/body-views.ts';

/** Returns what the bytes of an answer are and how far they came: `text/plain, 412 B, whole`. */
export function answerBytesWords({ mediaType, size, received, state, error }: BodyView): string {
  const came = received ?? (state === 'whole' ? size : 0) ?? 0;
  const amount = size === undefined || came === size ? `${came} B` : `${came} of ${size} B`;
  return `${mediaType}, ${amount}, ${stateWords[state]}${error === undefined ? '' : `: ${error.detail} (${error.code})`}`;
}

const stateWords: Readonly<Record<BodyView['state'], string>> = {
  unread: 'not read',
  open: 'still coming',
  whole: 'whole',
  stopped: 'stopped',
  failed: 'not whole',
};
