import * as v from 'valibot';
import { isNamed } from '../../protocol/realm.ts';
import { isRealNetwork } from './network.ts';
import { isStorageRefusal } from './storage-refusal.ts';

const storageKey = 'parley:ports';
const wellKnown: ReadonlyMap<string, number> = new Map([
  ['traveller_agent_001', 5000],
  ['helper_agent_001', 5001],
]);
const firstFreePort = 5002;

const storedPorts = v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)));

/** Keeps which port each agent of this browser has. */
interface PortMemory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Returns the address of an agent of this page: at this server's relay, or within this browser. */
export function agentAddressOf(agentId: string): string {
  return isRealNetwork ? `${location.origin}/agents/${agentId}` : addressOfAgent(agentId);
}

/** Returns the address of an agent of the mock network: always the same one, and no two agents share it. */
export function addressOfAgent(agentId: string, memory: PortMemory = portMemory()): string {
  return `https://localhost:${portOf(agentId, memory)}`;
}

/** Returns this browser's memory of ports, or where it lets this site store nothing, one that holds for this page. */
function portMemory(): PortMemory {
  try {
    return localStorage;
  } catch (cause) {
    if (!isStorageRefusal(cause)) throw cause;
    return forThisPage;
  }
}

const ofThisPage = new Map<string, string>();
const forThisPage: PortMemory = {
  getItem: (key) => ofThisPage.get(key) ?? null,
  setItem: (key, value) => void ofThisPage.set(key, value),
};

function portOf(agentId: string, memory: PortMemory): number {
  const known = wellKnown.get(agentId);
  if (known !== undefined) return known;
  const ports = new Map(Object.entries(readPorts(memory)));
  const kept = ports.get(agentId);
  if (kept !== undefined) return kept;
  const taken = new Set(ports.values());
  let port = firstFreePort;
  while (taken.has(port)) port += 1;
  memory.setItem(storageKey, JSON.stringify(Object.fromEntries([...ports, [agentId, port]])));
  return port;
}

function readPorts(memory: PortMemory): Readonly<Record<string, number>> {
  let stored: unknown;
  try {
    stored = JSON.parse(memory.getItem(storageKey) ?? '{}');
  } catch (cause) {
    // What is no JSON was not written here.
    if (!isNamed(cause, 'SyntaxError')) throw cause;
    return {};
  }
  const ports = v.safeParse(storedPorts, stored);
  return ports.success ? ports.output : {};
}
