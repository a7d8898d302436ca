import type { TokenStore } from '../../controller/store.ts';
import { tokensFromJson, tokensToJson } from '../json/controller-records.ts';
import { inGroup } from './in-group.ts';
import type { SealedRecords } from './records.ts';

/** The record of all registration tokens that the operator made. */
const key = 'tokens.registration';

/** Returns the registration tokens of a group, which every server of it knows as soon as one has changed them. */
export function groupTokens(records: () => Promise<SealedRecords>, changing: () => Promise<SealedRecords>): TokenStore {
  return {
    tokens: () =>
      inGroup(async () => {
        const known = await records();
        // Another server may have changed them this moment.
        await known.watch.catchUpWith(key);
        return tokensIn((await known.get(key))?.text);
      }),
    changeTokens: (change) =>
      inGroup(async () => {
        await (await changing()).change(key, (text) => {
          const before = tokensIn(text);
          const after = change(before);
          return after === before ? undefined : tokensToJson(after);
        });
      }),
  };
}

function tokensIn(text: string | undefined) {
  return text === undefined ? [] : tokensFromJson(text);
}
