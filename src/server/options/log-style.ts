/** Levels of a log, the least important first. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
/** Forms of a log: JSON, one object in each line; or text, for people. */
export const logFormats = ['json', 'text'] as const;

/** How important an event is. */
export type LogLevel = (typeof logLevels)[number];

/** What is written, and how. */
export interface LogStyle {
  /** The least important level that is written. */
  readonly level: LogLevel;
  readonly format: (typeof logFormats)[number];
}
