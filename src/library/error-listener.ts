/** Where an error of the application's own code came from. */
export type ErrorContext =
  | { readonly source: 'handler'; readonly method: string; readonly peerId: string; readonly requestId: string }
  /** `event` is the type of the event that `onEvent` was told. */
  | { readonly source: 'onEvent'; readonly event: string }
  /** What `groups.onMessage` was given has thrown. */
  | { readonly source: 'onMessage'; readonly groupId: string; readonly messageId: string };

/**
 * Hears an error of the application's own code: what a handler or `onEvent` threw, `invalid_input` with the path of the member when
 * JSON cannot hold a handler's result, or `answer_timeout` after 80 s. No peer is told of it.
 */
export type ErrorListener = (error: unknown, context: ErrorContext) => unknown;

/** Tells of an error, and never throws. */
export type Report = (error: unknown, context: ErrorContext) => void;

/** Returns what tells `onError` of errors, or the console when there is none, or when it fails itself. */
export function reporting(onError: ErrorListener = toConsole): Report {
  return (error, context) => {
    const failed = (cause: unknown) => {
      toConsole(error, context);
      console.error('The onError function of this agent has failed.', cause);
    };
    try {
      Promise.resolve(onError(error, context)).catch(failed);
    } catch (cause) {
      failed(cause);
    }
  };
}

/** Calls a listener of the application, whose failure must not stop what it is told of: a handshake, or a timer of the agent. */
export function telling<Told>(
  listener: (told: Told) => unknown,
  report: Report,
  contextOf: (told: Told) => ErrorContext,
): (told: Told) => void {
  return (told) => {
    const failed = (error: unknown) => report(error, contextOf(told));
    try {
      Promise.resolve(listener(told)).catch(failed);
    } catch (error) {
      failed(error);
    }
  };
}

function toConsole(error: unknown, context: ErrorContext): void {
  console.error(failureWords(context), error);
}

function failureWords(context: ErrorContext): string {
  switch (context.source) {
    case 'onEvent':
      return `The onEvent function of this agent has failed at an event of the type “${context.event}”.`;
    case 'onMessage':
      return `The onMessage function of this agent’s groups has failed at the message ${context.messageId}.`;
    case 'handler':
      return `The handler of “${context.method}” has failed. ${context.peerId} was told so, without the error (request ${context.requestId}).`;
  }
}
