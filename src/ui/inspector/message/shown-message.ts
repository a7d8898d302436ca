import type { MessageName } from '../../../protocol/trace/events.ts';
import type { Recording } from '../../../recording/recording.ts';

/** A message that is shown, and which of its members is selected. */
export interface ShownMessage {
  readonly message: MessageName;
  /** As it travelled: text, or base64 of bytes. */
  readonly body: string;
  readonly form?: 'binary' | undefined;
  /** Bytes of it when it travelled, where more may have travelled than was kept. */
  readonly size?: number | undefined;
  /** As its sender wrote it, when something else arrived. */
  readonly sentBody?: string;
  /** Its agent_id. */
  readonly sender: string;
  /** When it arrived, milliseconds since 1970. */
  readonly at: number;
  readonly recording: Pick<Recording, 'ends' | 'trust' | 'formerSigningKeys'>;
  /** The selected member's path. */
  readonly member: string | undefined;
  readonly onMember: (path: string | undefined) => void;
}
