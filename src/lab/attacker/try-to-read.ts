import { MlsError } from '../../mls/errors.ts';
import type { GroupState } from '../../mls/group/group-state.ts';
import { openMessage } from '../../mls/group/open-message.ts';
import { decodeMlsMessage } from '../../mls/structures/mls-message.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { said } from '../run/group-facts.ts';
import type { GroupStage } from '../run/group-stage.ts';
import type { LabAgent } from '../run/world.ts';

/** What is tried to be read: what an agent has said in a group. */
export interface Said {
  readonly groupId: string;
  readonly from: LabAgent;
  readonly text: string;
}

/** Tries keys on what an agent has said, as the log has it: `read`, or the code of MLS that it ends with. */
export async function tryToRead(stage: GroupStage, { groupId, from, text }: Said, state: GroupState): Promise<string> {
  const index = await stage.eventually(`“${text}” has its place`, () => said(from, groupId, text)?.group?.index);
  const bytes = await stage.world.deliveryStore.message(groupId, index);
  if (bytes === undefined) throw new ParleyError('not_found', 'The service has no such message.');
  try {
    const message = decodeMlsMessage(bytes);
    if (message.wireFormat !== 'mls_private_message') return 'nothing';
    // Whoever tries keys does not care which epoch they are of.
    const tried = { ...state, context: { ...state.context, epoch: message.privateMessage.epoch } };
    const { content } = await openMessage(tried, message);
    return content.type === 'application' && new TextDecoder().decode(content.data).includes(text) ? 'read' : 'nothing';
  } catch (cause) {
    if (cause instanceof MlsError) return cause.code;
    throw cause;
  }
}
