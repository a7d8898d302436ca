import type { LeafIndex } from '../../mls/indices.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { GroupCode } from '../codes.ts';
import type { FoundCertificate } from '../credential/check-credential.ts';
import type { GroupMember } from '../descriptor/admins.ts';
import type { Descriptor } from '../descriptor/descriptor.ts';

/** Why anybody may remove a member, as `authenticated_data` says it (groups page, section 5). */
export type RemovalReason = 'revoked' | 'expired';

/** A revocation list that was fetched after the entry was read. */
export interface RevocationEvidence {
  /** Returns since when a serial (hex) is revoked other than as superseded, in Unix seconds; undefined when it is not. */
  revokedSince(serial: string): number | undefined;
  /** True when it was fetched 60 s after the entry's `at` or later: whoever is not on it was not revoked. */
  readonly isFinal: boolean;
}

/** What a commit is judged by, beside itself. */
export interface Evidence {
  /** The entry's, in Unix seconds. */
  readonly at: number;
  /** DER of every CA that was ever pinned here. */
  readonly authorities: readonly Bytes[];
  /** By `certificateKey`: those that `certificatesNeeded` asks for. */
  readonly certificates: ReadonlyMap<string, FoundCertificate>;
  readonly revocations?: RevocationEvidence;
}

/** What a valid commit does. All names are agent_ids. */
export interface CommitChange {
  readonly by: string;
  readonly added: readonly string[];
  /** By another, without their proposal. */
  readonly removed: readonly string[];
  /** By their own proposal. */
  readonly left: readonly string[];
  readonly rejoined: readonly string[];
  /** True when the committer's own leaf is new. */
  readonly updated: boolean;
  readonly renamed?: string;
  /** The descriptor's, when they are others than before. */
  readonly admins?: readonly string[];
  /** What permitted the removals: absent where an admin made them. */
  readonly because?: RemovalReason;
  /** The group after the commit. */
  readonly descriptor: Descriptor;
  readonly members: readonly GroupMember[];
  /** The leaves that the former tree does not have. */
  readonly newLeaves: readonly LeafIndex[];
}

/** What cannot be judged until certificates are there, by their keys. */
export interface NeedsCertificates {
  readonly needs: 'certificates';
  readonly missing: readonly string[];
}

/**
 * What everybody finds of a commit. One that `needs` something is neither applied nor refused until it is there: `revocations` a list that
 * `decides`, or one that is final.
 */
export type Verdict =
  | { readonly valid: true; readonly change: CommitChange }
  | { readonly valid: false; readonly code: GroupCode }
  | NeedsCertificates
  | {
      readonly needs: 'revocations';
      /** True for a list by which the removed members are revoked: no later one need be asked for. */
      readonly decides: (list: Pick<RevocationEvidence, 'revokedSince'>) => boolean;
    };
