import { GroupError } from '../../../group/codes.ts';
import { certificateKey } from '../../../group/credential/credential.ts';
import { checkGroupKeyPackage, readGroupKeyPackage } from '../../../group/credential/key-package.ts';
import { MlsError } from '../../../mls/errors.ts';
import type { KeyPackage } from '../../../mls/structures/key-package.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { unixSeconds } from '../../../protocol/crypto/environment.ts';
import { asParleyError, ParleyError } from '../../../protocol/errors.ts';
import type { Presence } from '../../controller/presence.ts';
import type { Pauses } from '../../sessions/pauses.ts';
import type { DeliveryService } from '../service/delivery-service.ts';
import { type TrustsDeps, trustIn } from '../state/trusts.ts';

/** What agents are added with. */
export interface InviteesDeps extends TrustsDeps {
  readonly service: Pick<DeliveryService, 'takeKeyPackage'>;
  /** Whether the directory says that an agent is not connected: nobody waits for what such a one is about to store. */
  readonly presence: Pick<Presence, 'isOffline'>;
  readonly pauses: Pick<Pauses, 'of' | 'isStopped'>;
}

/** KeyPackages that are taken at the same time. */
const atOnce = 8;
/** Milliseconds before each further try for an agent that has just been opened and is about to store its KeyPackages. */
const triesAfterMs = [500, 1_000, 1_500, 3_000] as const;

/**
 * Takes a KeyPackage of each agent that is to be added, some at the same time, and checks it (groups page, sections 2 and 3); in the order
 * of the agents. Rejects, when one of them cannot be had, with the code of the first and what became of each: `no_key_package`,
 * `member_not_trusted`, `certificate_untrusted` for a KeyPackage that is not its own, and with what the service rejects with.
 */
export async function takeInvitees(deps: InviteesDeps, agentIds: readonly string[]): Promise<readonly KeyPackage[]> {
  const { taken, failed } = await takeThoseThatCome(deps, agentIds);
  if (failed.size > 0) throw refusalOfAll(agentIds, failed);
  return agentIds.flatMap((agentId) => taken.get(agentId) ?? []);
}

/** Works as `takeInvitees`, and gives those that can be had, in the order of the agents, beside why the others cannot. */
export async function takeThoseThatCome(deps: InviteesDeps, agentIds: readonly string[]) {
  const found = new Map<string, KeyPackage>();
  const failed = new Map<string, ParleyError>();
  const waiting = [...agentIds];
  const takeNext = async (): Promise<void> => {
    for (let agentId = waiting.shift(); agentId !== undefined; agentId = waiting.shift()) {
      try {
        found.set(agentId, await takeInvitee(deps, agentId));
      } catch (cause) {
        failed.set(agentId, asParleyError(cause));
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, agentIds.length) }, takeNext));
  const taken = new Map(
    agentIds.flatMap((agentId) => {
      const keyPackage = found.get(agentId);
      return keyPackage === undefined ? [] : [[agentId, keyPackage] as const];
    }),
  );
  return { taken, failed };
}

/** Returns the one error for all agents that cannot be added: who asked sees each, and that the others were not added either. */
function refusalOfAll(agentIds: readonly string[], failed: ReadonlyMap<string, ParleyError>): ParleyError {
  const those = agentIds.flatMap((agentId) => failed.get(agentId) ?? []);
  const [first] = those;
  if (first === undefined) throw new TypeError('Somebody cannot be added.');
  if (agentIds.length === 1) return first;
  const { code, retryAfter } = first;
  const each = [...new Set(those.map(({ detail }) => detail.replace(/ Nothing was changed\.$/, '')))].join(' ');
  const others = failed.size === agentIds.length ? '' : ' Ask again without them, or when they can be invited.';
  return new ParleyError(code, `${each} Nobody was invited.${others}`, {
    cause: first,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

async function takeInvitee(deps: InviteesDeps, agentId: string): Promise<KeyPackage> {
  const { keyPackage } = await takenOf(deps, agentId);
  return checkInvitee(deps, agentId, keyPackage);
}

/** Takes a KeyPackage. One that was opened just now stores its first ones within seconds: for those it is asked again. */
async function takenOf({ service, presence, pauses }: InviteesDeps, agentId: string) {
  for (let tries = 0; ; tries++) {
    try {
      return await service.takeKeyPackage(agentId);
    } catch (cause) {
      const { code } = asParleyError(cause);
      if (code !== 'no_key_package') throw cause;
      const ms = triesAfterMs[tries];
      if (ms === undefined || pauses.isStopped || (await presence.isOffline(agentId)))
        throw withoutPackage(agentId, cause);
      await pauses.of(ms);
    }
  }
}

function withoutPackage(agentId: string, cause: unknown): ParleyError {
  const detail = `${agentId} cannot be invited: it has stored nothing at the delivery service that it could be added by. Try again once it has been open for some seconds. Nothing was changed.`;
  return new ParleyError('no_key_package', detail, { cause });
}

/** Checks a KeyPackage of an agent that is to be added, or with `rejoins`, a group_id, to be taken in again. Rejects as `takeInvitees` does. */
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
