import * as v from 'valibot';
import { agentId, nonce, rsaBytes, timestamp } from '../../protocol/wire/members.ts';
import { base64, distinctAgentIds, hex16, index, serverName, sortedAgentIds } from './members.ts';

/** KeyPackages of one agent at most (groups page, section 4). */
const mostKeyPackages = 100;

/** Body of `POST /delivery/token`; `signature` is over label("delivery token") and JCS of the rest. */
export const tokenCall = v.strictObject({
  agent_id: agentId,
  server: serverName,
  timestamp,
  nonce,
  signature: rsaBytes,
});

/** Body of `PUT /delivery/key-packages`. */
export const keyPackagesCall = v.strictObject({
  one_time: v.pipe(v.array(base64), v.maxLength(mostKeyPackages, `expected at most ${mostKeyPackages} KeyPackages`)),
  last_resort: v.optional(base64),
  replace: v.optional(v.boolean()),
});

/** The member of an append that is looked at before all others. */
export const entryIdOfCall = v.object({ entry_id: hex16 });

/** Body of `POST /delivery/groups/<group_id>/entries`. */
export const appendCall = v.pipe(
  v.strictObject({
    entry_id: hex16,
    kind: v.picklist(['commit', 'proposal', 'message']),
    after: v.pipe(v.number(), v.safeInteger('expected an index or -1'), v.minValue(-1)),
    message: base64,
    members: v.optional(sortedAgentIds),
    admins: v.optional(sortedAgentIds),
    leaving: v.optional(v.boolean()),
    welcome: v.optional(
      v.strictObject({ message: base64, to: v.pipe(distinctAgentIds, v.minLength(1, 'expected an agent_id')) }),
    ),
  }),
  v.check(({ members, admins }) => (members === undefined) === (admins === undefined), 'both lists or neither'),
  v.check(({ kind, members }) => kind === 'commit' || members === undefined, 'lists come with a commit'),
  v.check(({ kind, welcome }) => kind === 'commit' || welcome === undefined, 'a Welcome comes with a commit'),
  v.check(({ kind, leaving }) => kind === 'proposal' || leaving !== true, 'leaving comes with a proposal'),
  v.check(({ members = [], admins = [] }) => admins.every((id) => members.includes(id)), 'admins are members'),
);

/** Body of `POST /delivery/groups/<group_id>/read` and of `POST /delivery/inbox/read`. */
export const readCall = v.strictObject({ index });

/** A call without members, with or without a body. */
export const emptyCall = v.strictObject({});

export type AppendCall = v.InferInput<typeof appendCall>;
