/** An attack on a server and the agents at it. */
export interface Attack {
  readonly name: string;
  /** What the attacker does, for the table's reader. */
  readonly does: string;
  /** Puts something into the server's folder before it starts. */
  readonly fill?: (folder: string) => Promise<void>;
  /** Makes ready what is not the attack: identities, recorded messages. What it returns attacks until `signal` is aborted, and says what it did. */
  prepare(server: string): Promise<(signal: AbortSignal) => Promise<string>>;
}

/** Runs `work` at most `perSecond` times a second, up to `atOnce` at the same time, until `signal` is aborted; counts what came of it. */
export async function repeat(
  signal: AbortSignal,
  { perSecond, atOnce }: { readonly perSecond: number; readonly atOnce: number },
  work: (turn: number) => Promise<string>,
): Promise<string> {
  const outcomes = new Map<string, number>();
  let turn = 0;
  const one = async () => {
    while (!signal.aborted) {
      const from = performance.now();
      const outcome = await work(turn++).catch((cause: unknown) => nameOf(cause));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      await pause((1_000 * atOnce) / perSecond - (performance.now() - from), signal);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return [...outcomes].map(([outcome, count]) => `${count} × ${outcome}`).join(', ');
}

/** Waits for so many milliseconds, or until `signal` is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** Where the attacker's requests come from: the server believes what this machine says, as it would a proxy. */
export const attackerAddress = { 'x-forwarded-for': '203.0.113.66' };

/** Unix seconds. */
export const unixNow = (): number => Math.floor(Date.now() / 1_000);

function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'AbortError') return 'under way at the end';
  const { cause: inner } = cause;
  const code = 'code' in cause ? cause.code : inner instanceof Error && 'code' in inner ? inner.code : cause.name;
  return String(code);
}
