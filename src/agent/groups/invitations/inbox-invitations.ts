import { GroupError } from '../../../group/codes.ts';
import { isGroupId } from '../../../group/log/group-id.ts';
import { openWelcome, secretsOfWelcome } from '../../../group/member/join.ts';
import { MlsError } from '../../../mls/errors.ts';
import { decodeMlsMessage } from '../../../mls/structures/mls-message.ts';
import { wipe } from '../../../protocol/bytes.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { GroupView, InvitationView } from '../../contracts/group-views.ts';
import type { AgentEvent } from '../../contracts/views.ts';
import type { VerifiedPeers } from '../../trust/verified-peers.ts';
import type { KeyPackages } from '../key-packages/key-packages.ts';
import type { DeliveryService, InboxItem } from '../service/delivery-service.ts';
import type { Invitations, Joiner, Joining } from './invitations.ts';

/** Milliseconds for which the service keeps a Welcome. */
const keptMs = 30 * 86_400_000;

/** What invitations are read with. */
export interface InboxInvitationsDeps {
  readonly selfId: string;
  readonly service: Pick<DeliveryService, 'inbox' | 'markInboxRead' | 'entries'>;
  readonly keyPackages: Pick<KeyPackages, 'forWelcome' | 'used'>;
  readonly joiner: Joiner;
  readonly verified: Pick<VerifiedPeers, 'view'>;
  readonly emit: (event: AgentEvent) => void;
  /** Milliseconds since 1970. */
  now(): number;
}

interface Waiting {
  readonly index: number;
  readonly view: InvitationView;
  readonly joining: Joining;
}

/** The invitations in this agent's inbox: the service keeps them until they are decided on. */
export class InboxInvitations implements Invitations {
  readonly #deps: InboxInvitationsDeps;
  readonly #waiting = new Map<string, Waiting>();
  #next = 0;

  constructor(deps: InboxInvitationsDeps) {
    this.#deps = deps;
  }

  list(): readonly InvitationView[] {
    return [...this.#waiting.values()].map(({ view }) => view);
  }

  async readInbox(): Promise<void> {
    for (;;) {
      const { items, next } = await this.#deps.service.inbox(this.#next);
      for (const item of items) await this.#take(item);
      this.#next = next;
      await this.#markRead();
      if (items.length === 0) return;
    }
  }

  async accept(groupId: string): Promise<GroupView> {
    const { joining } = this.#require(groupId);
    const view = await this.#deps.joiner.join(joining);
    this.#over(groupId);
    await this.#markRead();
    return view;
  }

  async decline(groupId: string): Promise<void> {
    this.#require(groupId);
    this.#over(groupId);
    await this.#markRead();
  }

  async #take(item: InboxItem): Promise<void> {
    const { service, keyPackages, joiner, verified, selfId } = this.#deps;
    const { groupId, entry: index } = item;
    if (!isGroupId(groupId) || joiner.standing(groupId) === 'member') return;
    const { entries, before } = await service.entries(groupId, index);
    const [entry] = entries;
    const message = decodedWelcome(item);
    const own = message === undefined ? undefined : await keyPackages.forWelcome(message);
    if (entry?.index !== index || own === undefined) return;
    const secrets = {
      ...own.secrets,
      initSecret: own.secrets.initSecret.slice(),
      leafSecret: own.secrets.leafSecret.slice(),
    };
    const received = { message: item.message, keyPackage: own.keyPackage, secrets, selfId, entry, groupId };
    const opened = await openWelcome({ ...received, isRejoin: own.rejoins === groupId }).catch(refused);
    if (opened === undefined) return;
    wipe(...secretsOfWelcome(opened), secrets.initSecret, secrets.leafSecret);
    const { descriptor, members, inviter } = opened;
    const view: InvitationView = {
      groupId,
      kind: descriptor.kind,
      name: descriptor.name,
      inviter,
      inviterVerification: verified.view(inviter).verification,
      members: members.map(({ agentId }) => agentId),
      receivedAt: this.#deps.now(),
      until: 1_000 * entry.at + keptMs,
    };
    const joining = { groupId, inviter, entry, before, welcome: item.message, own, change: keyPackages.used(own) };
    this.#waiting.set(groupId, { index: item.index, view, joining });
    this.#deps.emit({ type: 'invitation', invitation: view });
  }

  #require(groupId: string): Waiting {
    const waiting = this.#waiting.get(groupId);
    if (waiting !== undefined) return waiting;
    throw new ParleyError('unknown_group', 'There is no invitation to this group.');
  }

  #over(groupId: string): void {
    this.#waiting.delete(groupId);
    this.#deps.emit({ type: 'invitation_gone', groupId });
  }

  /** Lets the service drop what comes before the first that waits. */
  async #markRead(): Promise<void> {
    const first = Math.min(this.#next, ...[...this.#waiting.values()].map(({ index }) => index));
    if (first > 0) await this.#deps.service.markInboxRead(first - 1);
  }
}

function decodedWelcome({ message }: InboxItem) {
  try {
    const decoded = decodeMlsMessage(message);
    return decoded.wireFormat === 'mls_welcome' ? decoded.welcome : undefined;
  } catch (cause) {
    if (cause instanceof MlsError) return undefined;
    throw cause;
  }
}

function refused(cause: unknown): undefined {
  if (cause instanceof GroupError || cause instanceof MlsError || cause instanceof ParleyError) return undefined;
  throw cause;
}
