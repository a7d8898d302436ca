import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';

const script = readFileSync('src/mocks/parley-network.js', 'utf8');

interface FetchEventLike {
  readonly request: { readonly url: string };
  stopImmediatePropagation(): void;
}

/** Loads the service worker's script, and tells whether MSW's worker gets to see a request of `url`. */
function reachesMsw(url: string): boolean {
  const order: string[] = [];
  let listener: ((event: FetchEventLike) => void) | undefined;
  runInNewContext(script, {
    URL,
    location: { origin: 'http://localhost:5173' },
    addEventListener: (type: string, added: (event: FetchEventLike) => void) => {
      order.push(type);
      listener = added;
    },
    importScripts: (path: string) => order.push(path),
  });
  expect(order).toEqual(['fetch', '/mockServiceWorker.js']);
  let stopped = false;
  listener?.({
    request: { url },
    stopImmediatePropagation: () => {
      stopped = true;
    },
  });
  return !stopped;
}

test.for([
  'https://localhost:5001/agent/handshake',
  'https://localhost:5001/agent/message?x=1',
  'https://localhost:5001/agent/session/0123456789abcdef0123456789abcdef',
  'https://agents.example/under/a/prefix/agent/message',
  'http://localhost:5173/controller/ca',
  'http://localhost:5173/controller/register/12/confirm',
  'http://localhost:5173/delivery/token',
  'http://localhost:5173/delivery/groups/0123/entries?from=0',
])('carries %s', (url) => {
  expect(reachesMsw(url)).toBe(true);
});

test.for([
  'http://localhost:5173/',
  'http://localhost:5173/agent/helper_agent_001',
  'http://localhost:5173/controller',
  'http://localhost:5173/src/controller/controller.ts',
  'http://localhost:5173/src/agent/message.ts',
  'https://elsewhere.example/controller/ca',
  'http://localhost:5173/src/delivery/delivery.ts',
  'https://elsewhere.example/delivery/token',
  'https://localhost:5001/agent/message/more',
])('lets %s through', (url) => {
  expect(reachesMsw(url)).toBe(false);
});
