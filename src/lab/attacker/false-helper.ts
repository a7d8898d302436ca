import { LeafIdentities } from '../../agent/groups/identity/leaf-identities.ts';
import { groupSuite } from '../../group/profile/suite.ts';
import type { GroupState } from '../../mls/group/group-state.ts';
import { joinGroup } from '../../mls/group/join-group.ts';
import { createKeyPackage } from '../../mls/group/own-key-package.ts';
import { decodeMlsMessage, encodeMlsMessage } from '../../mls/structures/mls-message.ts';
import { sha256 } from '../../protocol/crypto/hash.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { isAgentId } from '../../protocol/ids.ts';
import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { helperAddress, type LabWorld, random } from '../run/world.ts';
import type { DishonestService } from './dishonest-service.ts';
import { forgeWithController } from './forge.ts';

const agentId = 'helper_agent_001';

/**
 * Has the Controller certify a second Helper with a key of the attacker's, and the delivery service beside it give everybody a KeyPackage of
 * that one, and its Welcomes to that one alone. Returns what reads as the false Helper: the state after the newest Welcome to it.
 */
export async function certifyFalseHelper(
  world: LabWorld,
  service: DishonestService,
): Promise<() => Promise<GroupState>> {
  if (!isAgentId(agentId)) throw new ParleyError('invalid_input', 'Helper has no agent_id.');
  const { certificates, signing } = await forgeWithController(world, agentId, helperAddress);
  await answerFor(world, certificates.signing);
  const own = { agentId, certificates, signingKey: signing.privateKey };
  const identities = new LeafIdentities({ own, environment: world.environment, keepsKeysAsFiles: false });
  const suite = await groupSuite();
  const { identity } = await identities.make();
  const { keyPackage, secrets } = await createKeyPackage(suite, identity, random);
  service.hideInvitations('helper');
  service.handOut(agentId, encodeMlsMessage({ wireFormat: 'mls_key_package', keyPackage }));
  return async () => {
    const items = await world.deliveryStore.inbox(agentId, 0, 16);
    const index = items.at(-1)?.index ?? -1;
    const message = decodeMlsMessage((await world.deliveryStore.welcome(agentId, index)) ?? new Uint8Array(0));
    if (message.wireFormat !== 'mls_welcome') throw new ParleyError('internal_error', 'No Welcome came.');
    return (await joinGroup(suite, { welcome: message.welcome, keyPackage, secrets })).state;
  };
}

/** Has the Controller give out the false certificate by its hash, like every certificate that it has issued. */
async function answerFor(world: LabWorld, der: Uint8Array<ArrayBuffer>): Promise<void> {
  const hash = encodeBase64(await sha256(crypto.subtle, der));
  const path = `/controller/certificates/${hash.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
  const headers = { 'content-type': 'application/pkix-cert' };
  world.controller = {
    fetch: async (request) =>
      new URL(request.url).pathname === path ? new Response(der, { headers }) : world.honestController.fetch(request),
  };
}
