import { Agent, request } from 'node:http';

/** What came of driving an address. Times in milliseconds. */
export interface Driven {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

/** How an address is driven. */
export interface Drive {
  /** The address of the next request. */
  readonly next: () => string;
  readonly body: Buffer;
  /** Requests under way at any time. */
  readonly atOnce: number;
  readonly seconds: number;
}

/** Posts `body` again and again, always `atOnce` at a time, over connections that are kept open. */
export async function drive({ next, body, atOnce, seconds }: Drive): Promise<Driven> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const times: number[] = [];
  let failed = 0;
  const started = performance.now();
  const end = started + seconds * 1000;
  const work = async () => {
    while (performance.now() < end) {
      const from = performance.now();
      if (await post(next(), body, agent)) times.push(performance.now() - from);
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const took = (performance.now() - started) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.NaN;
  return { perSecond: times.length / took, p50: at(0.5), p99: at(0.99), failed };
}

function post(url: string, body: Buffer, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': body.length } },
      (answer) => {
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        answer.on('end', () => resolve(answer.statusCode === 200 && bytes === body.length));
      },
    );
    sent.on('error', () => resolve(false));
    sent.end(body);
  });
}
