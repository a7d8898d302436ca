import { expect, test } from 'vitest';
import { addressOfAgent } from './agent-addresses.ts';

function memory(stored: Record<string, string> = {}) {
  const items = new Map(Object.entries(stored));
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
}

test('Traveller and Helper live where they always live', () => {
  expect(addressOfAgent('traveller_agent_001', memory())).toBe('https://localhost:5000');
  expect(addressOfAgent('helper_agent_001', memory())).toBe('https://localhost:5001');
});

test('every other agent gets the next free port and keeps it', () => {
  const ports = memory();
  expect(addressOfAgent('quartermaster', ports)).toBe('https://localhost:5002');
  expect(addressOfAgent('cartographer', ports)).toBe('https://localhost:5003');
  expect(addressOfAgent('quartermaster', ports)).toBe('https://localhost:5002');
});

test('an agent with the name of a member that every object has gets a port too', () => {
  const ports = memory();
  expect(addressOfAgent('constructor', ports)).toBe('https://localhost:5002');
  expect(addressOfAgent('constructor', ports)).toBe('https://localhost:5002');
});

test.each(['no JSON', '[]', '{"quartermaster":"5000"}', '{"quartermaster":70000}'])(
  'starts over when %j was stored',
  (stored) => {
    expect(addressOfAgent('quartermaster', memory({ 'parley:ports': stored }))).toBe('https://localhost:5002');
  },
);
