const wholeNumber = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayAndYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long' });
const dateAndClock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** What the clock can tell apart, in milliseconds: browsers coarsen it on pages that are not isolated from others. */
const finest = globalThis.crossOriginIsolated === false ? 0.1 : 0.005;

/**
 * Returns a duration in milliseconds as `40 µs`, `1.8 ms`, `120 ms`, `2.4 s`, `3 min` or `2 h`: about two digits and
 * always a unit.
 */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '–';
  if (ms < finest) return `<${finest * 1000} µs`;
  if (ms < 0.9995) return `${wholeNumber.format(ms * 1000)} µs`;
  if (ms < 99.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${wholeNumber.format(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_570_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

/** Returns a size as whole bytes, `5,530 B`. */
export function formatBytes(bytes: number): string {
  return `${wholeNumber.format(bytes)} B`;
}

const largeUnits = ['kB', 'MB', 'GB', 'TB'] as const;

/** Returns a size that nobody counts in bytes: `940 B`, `12.4 kB`, `1.2 GB`; powers of 1000. */
export function formatSize(bytes: number): string {
  if (bytes < 1_000) return formatBytes(bytes);
  const power = Math.min(largeUnits.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1_000 ** power).toFixed(1)} ${largeUnits[power - 1]}`;
}

/** Returns how many of something there are: `1 exchange`, `1,234 exchanges`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${wholeNumber.format(count)} ${count === 1 ? one : many}`;
}

/** Returns the time of day of `ms` since 1970, local, as `14:02:11`: where its day is shown too. Elsewhere `formatMoment` says the day. */
export function formatTime(ms: number): string {
  return clock.format(ms);
}

/** Returns the midnight, local, with which the day of `ms` since 1970 begins, in the same unit. */
export function dayOf(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}

/**
 * Returns `ms` since 1970, local, as seen from `now`: `14:02:11` today, `28 Nov, 14:02:11` on another day of this year,
 * `28 Nov 2025, 14:02:11` in another year.
 */
export function formatMoment(ms: number, now: number): string {
  if (dayOf(ms) === dayOf(now)) return formatTime(ms);
  const isThisYear = new Date(ms).getFullYear() === new Date(now).getFullYear();
  return `${(isThisYear ? dayOfYear : dayAndYear).format(ms)}, ${formatTime(ms)}`;
}

/** Returns the day of `ms` since 1970, local, as seen from `now`: `Today`, or `Saturday, 28 Nov 2026`. */
export function formatDay(ms: number, now: number): string {
  return dayOf(ms) === dayOf(now) ? 'Today' : `${weekday.format(ms)}, ${dayAndYear.format(ms)}`;
}

/** Returns date and time of day of `ms` since 1970, local, for tooltips. */
export function formatDateTime(ms: number): string {
  return dateAndClock.format(ms);
}

const spans = [
  { unit: 'd', ms: 86_400_000 },
  { unit: 'h', ms: 3_600_000 },
  { unit: 'min', ms: 60_000 },
  { unit: 's', ms: 1_000 },
] as const;

/**
 * Returns `at` seen from `now`, both milliseconds since 1970: `now`, `12 s ago`, `in 58 min`, `in 29 d`; whole units,
 * rounded down.
 */
export function formatRelativeTime(at: number, now: number): string {
  const distance = Math.abs(at - now);
  const span = spans.find(({ ms }) => distance >= ms);
  if (span === undefined) return 'now';
  const text = `${Math.floor(distance / span.ms)} ${span.unit}`;
  return at < now ? `${text} ago` : `in ${text}`;
}

/** Returns the first eight characters of an id, which is how sessions and requests are named on screen. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
