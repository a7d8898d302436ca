import { visibleLine } from '../../console/visible-text.ts';

/** One thing that happened, as one line of JSON. Never holds a body, a token, a key or a nonce. */
export type Log = (level: 'info' | 'warn' | 'error', event: string, facts?: Readonly<Record<string, Fact>>) => void;

type Fact = string | number | boolean | undefined;

/** Writes every event to `stream`, with the time; a stranger's text in it does nothing to a terminal. */
export function jsonLog(stream: { write(text: string): unknown }): Log {
  return (level, event, facts = {}) => {
    stream.write(`${visibleLine(JSON.stringify({ time: new Date().toISOString(), level, event, ...facts }))}\n`);
  };
}
