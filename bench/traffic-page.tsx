import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { AgentEvent, ExchangeView, WireView } from '../src/agent/contracts/views.ts';
import '../src/ui/design/tokens.css';
import '../src/ui/design/base.css';
import { FilterBar } from '../src/ui/inspector/traffic/filter-bar.tsx';
import { applyEvents, emptyAgentState } from '../src/ui/state/agent-state.ts';
import '../src/ui/inspector/traffic/traffic.css';
import { TrafficList } from '../src/ui/inspector/traffic/traffic-list.tsx';
import { chosen, everything, trafficRows } from '../src/ui/inspector/traffic/traffic-model.ts';

declare global {
  /** What the runner reads. */
  var trafficBenchmark: Promise<unknown> | undefined;
}

const count = 10_000;
const words = ['harbour', 'lantern', 'ferry', 'orchard', 'granite', 'heron', 'mill', 'copper', 'willow', 'tide'];
const envelope = JSON.stringify({
  session_id: 'a'.repeat(32),
  sender_id: 'traveller_agent_001',
  epoch: 0,
  sequence: 1,
  timestamp: 1_790_000_000,
  encrypted_payload: { iv: 'A'.repeat(16), ciphertext: 'A'.repeat(400), tag: 'A'.repeat(24) },
  signature: 'A'.repeat(88),
});

/** One message as the agent tells of it: its exchange and its HTTP. */
function message(i: number): readonly AgentEvent[] {
  const text = `message ${i} about the ${words[i % 10]} and the ${words[(i * 7) % 10]}`;
  const id = i.toString(16).padStart(16, '0');
  const shared = {
    requestId: id,
    sessionId: 'a'.repeat(32),
    peerId: 'helper_agent_001',
    direction: 'outgoing',
  } as const;
  const exchange: ExchangeView = {
    ...shared,
    method: 'echo',
    parameters: { text },
    at: i,
    status: 'success',
    result: { text },
    durationMs: 9,
  };
  const entry: WireView = {
    ...shared,
    id,
    at: i,
    method: 'POST',
    url: 'https://localhost:5001/agent/message',
    requestBody: envelope,
    requestSize: envelope.length,
    status: 200,
    responseBody: envelope,
    responseSize: envelope.length,
    durationMs: 9,
  };
  return [
    { type: 'exchange', exchange },
    { type: 'wire', entry },
  ];
}

const full = applyEvents(emptyAgentState, Array.from({ length: count }, (_, i) => message(i)).flat());

function Bench() {
  const [state, setState] = useState(full);
  const [filter, setFilter] = useState(everything);
  const deferred = useDeferredValue(filter);
  const rows = useMemo(() => trafficRows(state.wire, state.exchanges, 'traveller_agent_001'), [state]);
  const found = useMemo(() => chosen(rows, deferred), [rows, deferred]);
  useEffect(() => {
    globalThis.trafficBenchmark ??= run(
      (text) => setFilter({ ...everything, text }),
      (i) => setState((before) => applyEvents(before, message(count + i))),
    );
  }, []);
  return (
    <>
      <FilterBar filter={filter} change={setFilter} rows={rows} />
      <div className="traffic-body">
        <TrafficList rows={found} open={undefined} onOpen={() => undefined} following={false} />
      </div>
    </>
  );
}

/** Frames while `each` is called once a frame, `frames` times: median and 95th percentile in milliseconds. */
async function frames(count: number, each: (i: number) => void): Promise<{ median: number; p95: number }> {
  const times: number[] = [];
  let before = await nextFrame();
  for (let i = 0; i < count; i++) {
    each(i);
    const now = await nextFrame();
    times.push(now - before);
    before = now;
  }
  times.sort((a, b) => a - b);
  return { median: times[Math.floor(count / 2)] ?? 0, p95: times[Math.floor(count * 0.95)] ?? 0 };
}

const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));

async function run(type: (text: string) => void, arrive: (i: number) => void): Promise<unknown> {
  const list = document.querySelector<HTMLElement>('.traffic-scroll');
  if (list === null) return { error: 'There is no list.' };
  for (let i = 0; i < 30; i++) await nextFrame();
  const most = list.scrollHeight - list.clientHeight;
  const scrolling = await frames(300, (i) => {
    list.scrollTop = (most * i) / 299;
  });
  const sentence = 'about the lantern';
  const filtering = await frames(6 * sentence.length * 2, (i) => {
    if (i % 6 === 0) {
      const typed = (i / 6) % (2 * sentence.length);
      type(sentence.slice(0, typed <= sentence.length ? typed : 2 * sentence.length - typed));
    }
  });
  type('');
  const arriving = await frames(120, arrive);
  const memory = 'memory' in performance ? performance.memory : undefined;
  const used =
    typeof memory === 'object' && memory !== null && 'usedJSHeapSize' in memory
      ? Number(memory.usedJSHeapSize) / 1_048_576
      : 0;
  return { scrolling, filtering, arriving, megabytes: used };
}

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<Bench />);
