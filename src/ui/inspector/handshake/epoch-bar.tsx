import type { Recording } from '../../../recording/recording.ts';
import { PartyMark } from '../../design/party.tsx';
import type { Row } from './handshake-model.ts';

interface EpochBarProps {
  readonly row: Extract<Row, { kind: 'epoch' }>;
  readonly session: Recording['session'];
}

/** Shows across both lifelines that the keys of the session were replaced, with the fingerprint of the new ones. */
export function EpochBar({ row: { number, by, client, server }, session }: EpochBarProps) {
  return (
    <div className="handshake-ending handshake-ending-established">
      <strong>Epoch {number}</strong>
      <span>
        begun by <PartyMark agentId={session[by].agentId} /> {session[by].agentId}, keys <code>{client ?? server}</code>
        {client !== undefined &&
          server !== undefined &&
          (client === server ? ', equal on both sides ✓' : ', not equal ✗')}
      </span>
    </div>
  );
}
