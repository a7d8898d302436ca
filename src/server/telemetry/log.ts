import { visibleLine } from '../../console/visible-text.ts';
import { type LogLevel, type LogStyle, logLevels } from '../options/log-style.ts';
import type { LogEvent } from './log-events.ts';

/** What is known of an event, by name. An undefined one is not written. */
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

/** Takes one thing that happened. It never holds a body, a token, a key or a nonce. */
export type Log = (level: LogLevel, event: LogEvent, facts?: Facts) => void;

/**
 * Returns a log that writes each event as one line to `stream`, with the time in UTC. No text in it breaks the line or does anything
 * to a terminal: control characters and those without a shape are written as `\uXXXX`.
 */
export function streamLog(
  stream: { write(text: string): unknown },
  style: LogStyle,
  now: () => Date = () => new Date(),
): Log {
  const least = logLevels.indexOf(style.level);
  const lineOf = style.format === 'json' ? jsonLine : textLine;
  return (level, event, facts = {}) => {
    if (logLevels.indexOf(level) < least) return;
    stream.write(`${visibleLine(lineOf(now().toISOString(), level, event, facts))}\n`);
  };
}

function jsonLine(time: string, level: LogLevel, event: LogEvent, facts: Facts): string {
  return JSON.stringify({ time, level, event, ...facts });
}

/** A value that cannot be taken for anything else is written as it is, any other one as JSON. */
function textLine(time: string, level: LogLevel, event: LogEvent, facts: Facts): string {
  const words = Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${/^[\w.:/@+-]+$/.test(String(value)) ? value : JSON.stringify(String(value))}`);
  return [time, level.toUpperCase().padEnd(5), event, ...words].join(' ');
}
