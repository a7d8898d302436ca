/**
 * Runs `work` and drops what Node says meanwhile of interfaces that it calls experimental, such as ML-KEM: whoever uses Parley cannot
 * act on it. Only what `work` does before it returns counts, so warnings of the program that uses Parley are shown as ever. Node says
 * such a thing once in a process.
 */
export function withoutExperimentalWarnings<T>(work: () => T): T {
  const runtime = 'process' in globalThis ? globalThis.process : undefined;
  const emit = runtime?.emitWarning;
  if (runtime === undefined || emit === undefined) return work();
  runtime.emitWarning = (warning: string | Error, ...more: readonly unknown[]) => {
    if (more[0] !== 'ExperimentalWarning') Reflect.apply(emit, runtime, [warning, ...more]);
  };
  try {
    return work();
  } finally {
    runtime.emitWarning = emit;
  }
}
