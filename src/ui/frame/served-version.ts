/** What the server that this page came from has now: the same app, another one, or no answer. */
export type ServedVersion = 'same' | 'other' | 'unreachable';

/** Milliseconds that the server has to answer. */
const patienceMs = 5_000;

/** The script that a page starts with; a build names it after its content. */
const firstScript = /<script[^>]*\stype="module"[^>]*\ssrc="([^"]+)"/;

/** Looks whether the server still has the app that this page runs. Never rejects. */
export async function servedVersion(): Promise<ServedVersion> {
  const own = document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.src;
  try {
    const answer = await fetch('/', { cache: 'no-store', signal: AbortSignal.timeout(patienceMs) });
    const [, src] = firstScript.exec(await answer.text()) ?? [];
    if (!answer.ok || src === undefined) return 'unreachable';
    return new URL(src, location.origin).href === own ? 'same' : 'other';
  } catch {
    // `fetch` rejects alike when there is no network, nobody answers or it takes too long: nothing more can be said of it.
    return 'unreachable';
  }
}
