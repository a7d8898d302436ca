import * as v from 'valibot';
import { isRealNetwork } from './network.ts';

const storageKey = 'parley:ports';
const wellKnown: Readonly<Record<string, number>> = { traveller_agent_001: 5000, helper_agent_001: 5001 };
const firstFreePort = 5002;

const storedPorts = v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)));

/** Keeps which port each agent of this browser has. */
interface PortMemory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Where an agent of this page is reached: at this server's relay, or within this browser. */
export function agentAddressOf(agentId: string): string {
  return isRealNetwork ? `${location.origin}/agents/${agentId}` : addressOf(agentId);
}

/** The address of an agent of the mock network: always the same one, and no two agents share it. */
export function addressOf(agentId: string, memory: PortMemory = localStorage): string {
  return `https://localhost:${portOf(agentId, memory)}`;
}

function portOf(agentId: string, memory: PortMemory): number {
  const known = wellKnown[agentId];
  if (known !== undefined) return known;
  const ports = readPorts(memory);
  const kept = ports[agentId];
  if (kept !== undefined) return kept;
  const taken = new Set(Object.values(ports));
  let port = firstFreePort;
  while (taken.has(port)) port += 1;
  memory.setItem(storageKey, JSON.stringify({ ...ports, [agentId]: port }));
  return port;
}

function readPorts(memory: PortMemory): Readonly<Record<string, number>> {
  let stored: unknown;
  try {
    stored = JSON.parse(memory.getItem(storageKey) ?? '{}');
  } catch {
    return {};
  }
  const ports = v.safeParse(storedPorts, stored);
  return ports.success ? ports.output : {};
}
