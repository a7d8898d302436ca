import { GroupError } from '../../../group/codes.ts';
import { certificateKey } from '../../../group/credential/credential.ts';
import { checkGroupKeyPackage, readGroupKeyPackage } from '../../../group/credential/key-package.ts';
import { MlsError } from '../../../mls/errors.ts';
import type { KeyPackage } from '../../../mls/structures/key-package.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { unixSeconds } from '../../../protocol/crypto/environment.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { DeliveryService } from '../service/delivery-service.ts';
import { type TrustsDeps, trustIn } from '../state/trusts.ts';

/** What agents are added with. */
export interface InviteesDeps extends TrustsDeps {
  readonly service: Pick<DeliveryService, 'takeKeyPackage'>;
}

/**
 * Takes a KeyPackage of an agent that is to be added, and checks it (groups page, sections 2 and 3). Rejects with `no_key_package`,
 * `member_not_trusted`, `certificate_untrusted` for a KeyPackage that is not its own, and with what the service rejects with.
 */
export async function takeInvitee(deps: InviteesDeps, agentId: string): Promise<KeyPackage> {
  const { keyPackage } = await deps.service.takeKeyPackage(agentId);
  return checkInvitee(deps, agentId, keyPackage);
}

/** Checks a KeyPackage of an agent that is to be added, or with `rejoins`, a group_id, to be taken in again. Rejects as `takeInvitee` does. */
export async function checkInvitee(
  deps: TrustsDeps,
  agentId: string,
  bytes: Bytes,
  rejoins?: string,
): Promise<KeyPackage> {
  const now = unixSeconds(deps.environment);
  try {
    const read = readGroupKeyPackage(bytes);
    const key = certificateKey(read.credential);
    const found = await deps.evidence.certificates([key], now);
    if (found.kind === 'waits') throw found.why;
    const certificate = found.value.get(key) ?? 'unknown';
    const { authorities } = deps;
    const purpose = rejoins === undefined ? {} : { rejoins };
    await checkGroupKeyPackage(read, { agentId, certificate, authorities, now, ...purpose });
    const trust = await trustIn(deps, read.credential, certificate);
    if (trust === 'trusted') return read.keyPackage;
    throw new ParleyError('member_not_trusted', `${agentId} is not trusted (${trust}). Nothing was changed.`);
  } catch (cause) {
    if (!(cause instanceof GroupError) && !(cause instanceof MlsError)) throw cause;
    const detail = `The KeyPackage that the service has for ${agentId} cannot be used. Nothing was changed.`;
    throw new ParleyError('certificate_untrusted', detail, { cause });
  }
}
