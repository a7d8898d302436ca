/** Where an error of the application's own code came from. */
export type ErrorContext =
  | { readonly source: 'handler'; readonly method: string; readonly peerId: string; readonly requestId: string }
  /** `event` is the type of the event that `onEvent` was told. */
  | { readonly source: 'onEvent'; readonly event: string };

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

function toConsole(error: unknown, context: ErrorContext): void {
  const what =
    context.source === 'onEvent'
      ? `The onEvent function of this agent has failed at an event of the type “${context.event}”.`
      : `The handler of “${context.method}” has failed. ${context.peerId} was told so, without the error (request ${context.requestId}).`;
  console.error(what, error);
}
