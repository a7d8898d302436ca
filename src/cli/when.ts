/** Returns a time (Unix seconds) in UTC to the minute, `2026-11-27 20:15Z`; `none` for null. */
export function dateOf(seconds: number | null, none: string): string {
  return seconds === null ? none : `${new Date(seconds * 1_000).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

/** Returns a length of time in its two largest units: `3 d 4 h`, `12 min 5 s`. */
export function durationOf(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ] as const;
  let left = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [unit, length] of units) {
    const count = Math.floor(left / length);
    left -= count * length;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}`);
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}
