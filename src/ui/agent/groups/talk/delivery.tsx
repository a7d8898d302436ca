import type { GroupPartView } from '../../../../agent/contracts/group-views.ts';
import type { ExchangeView } from '../../../../agent/contracts/views.ts';

interface DeliveryProps {
  readonly group: GroupPartView;
  readonly status: ExchangeView['status'];
  /** Members that say that they have read it. */
  readonly readBy: number;
}

const words: Readonly<Record<GroupPartView['delivery'], readonly [word: string, about: string]>> = {
  sending: ['sending', 'The delivery service does not have it yet'],
  stored: ['stored', 'The delivery service has it, encrypted, for the members'],
  delivered: ['delivered', 'Every other member has taken it in, as far as they say'],
};

/** Shows how far something of this agent has come. */
export function Delivery({ group, status, readBy }: DeliveryProps) {
  if (status === 'failed') return <span className="delivery exchange-status-failed">FAILED</span>;
  const [word, about] = words[group.delivery];
  return (
    <span className="delivery muted" data-delivery={group.delivery} title={about}>
      {word}
      {readBy > 0 && ` · read by ${readBy}`}
    </span>
  );
}
