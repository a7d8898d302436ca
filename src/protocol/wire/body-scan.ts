import { PrefixScan } from './prefix-scan.ts';
import { shapes } from './shapes.ts';

/**
 * Returns what looks at an envelope while it arrives that is posted to this path of an agent's address, for whoever carries it;
 * undefined at other paths, where bodies are small. What does not begin as JSON passes: that is for the agent to judge.
 */
export function bodyScan(path: string): PrefixScan | undefined {
  const [plain = ''] = path.split('?');
  return plain.endsWith('/agent/message') ? new PrefixScan(shapes.envelope) : undefined;
}
