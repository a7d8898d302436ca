import { expect, test, vi } from 'vitest';
import type { DeliveryNotice } from '../../agent/contracts/notices.ts';
import { browserNotices, noticeTeller } from './notices.ts';

const groupId = 'a'.repeat(32);

test('an agent hears what is new for it, and nothing once it has stopped', async () => {
  const heard: DeliveryNotice[] = [];
  const listener = { noticed: (notice: DeliveryNotice) => void heard.push(notice), began: () => undefined };
  const stop = browserNotices('helper_agent_001').follow(listener);
  const tell = noticeTeller();
  tell({ agentId: 'traveller_agent_001', inbox: 3 });
  tell({ agentId: 'helper_agent_001', inbox: 0 });
  tell({ agentId: 'helper_agent_001', group: [groupId, 7] });
  await vi.waitFor(() =>
    expect(heard).toEqual([
      { inbox: 1, groups: [] },
      { inbox: 0, groups: [[groupId, 7]] },
    ]),
  );
  stop();
  const after = vi.fn<() => void>();
  browserNotices('helper_agent_001').follow({ noticed: after, began: () => undefined });
  tell({ agentId: 'helper_agent_001', inbox: 1 });
  await vi.waitFor(() => expect(after).toHaveBeenCalledOnce());
  expect(heard).toHaveLength(2);
});
