import type { Outcome } from './outcome.ts';

/** Plays the histories that its address asks for, `?first=20001&count=2`, and shows how that goes as JSON. */
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
worker.addEventListener('message', ({ data }: MessageEvent<Outcome>) => show(data));
worker.addEventListener('error', ({ message }) => show({ type: 'failed', message }));

const asked = new URLSearchParams(location.search);
worker.postMessage({ first: Number(asked.get('first')), count: Number(asked.get('count')) });

function show(outcome: Outcome): void {
  const output = document.querySelector('output');
  if (output !== null) output.textContent = JSON.stringify(outcome);
}
