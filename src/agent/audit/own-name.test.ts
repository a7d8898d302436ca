import { expect, test, vi } from 'vitest';
import { encodeUtf8 } from '../../protocol/scratch-buffer.ts';
import { certifySecondKey } from '../testing/second-key.ts';
import { converse } from './testing/conversation.ts';
import { verifyExport } from './verify/verify-export.ts';

// The program of an attacker does not refuse to call its own name.
vi.mock(import('../contracts/failures.ts'), async (original) => ({
  ...(await original()),
  requireOther: () => undefined,
}));

test('the trail holds also when the Controller certifies somebody else under the agent’s own name, who then connects', async () => {
  const { world, helper } = await converse();
  const { falseHelper } = await certifySecondKey(world);
  await falseHelper.connect('helper_agent_001');
  expect(helper.snapshot().sessions).toMatchObject([{}, { peerId: 'helper_agent_001', status: 'ESTABLISHED' }]);
  const trail = encodeUtf8(await helper.audit.export([]));
  expect(await verifyExport(crypto.subtle, trail)).toMatchObject({ holds: true, handshakes: 2 });
});
