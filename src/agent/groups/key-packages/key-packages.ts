import type { KeyPackageSecrets } from '../../../mls/group/own-key-package.ts';
import type { KeyPackage } from '../../../mls/structures/key-package.ts';
import type { Welcome } from '../../../mls/structures/welcome.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import type { PlainChange } from '../rows/group-rows.ts';

/** A KeyPackage of this agent with its private part. `secrets` belong to whoever got it, and are wiped by them. */
export interface OwnKeyPackage {
  /** KeyPackageRef (RFC 9420, section 5.2) in lowercase hex. */
  readonly ref: string;
  /** The MLSMessage. */
  readonly bytes: Bytes;
  readonly keyPackage: KeyPackage;
  readonly secrets: KeyPackageSecrets;
  /** The id of its signature key in the store, which goes over to the group. */
  readonly keyId: string;
  /** After a join through it the first commit, at once, brings a new leaf key (groups page, section 2). */
  readonly isLastResort: boolean;
  /** The group that it was made to come back to: no other takes it. */
  readonly rejoins?: string;
}

/** The KeyPackages of this agent (groups page, section 3). */
export interface KeyPackages {
  /** Returns the KeyPackage that a Welcome is for; undefined when its private part is deleted, or there never was one. */
  forWelcome(welcome: Welcome): Promise<OwnKeyPackage | undefined>;
  /** Returns what the transaction that joins has to hold; `joined` is called once it is durable. */
  used(own: OwnKeyPackage): PlainChange;
  /** Wipes the private part, and has what the service keeps filled up. */
  joined(own: OwnKeyPackage): void;
  /**
   * Returns a KeyPackage to come back to a group with, made at first and stored; its `for` names the group. `after`: when the credential of
   * the own leaf there began, in Unix seconds; undefined when that is lost.
   */
  forRejoin(groupId: string, after?: number): Promise<OwnKeyPackage>;
}
