import type { FinalVerdict } from '../../../group/member/apply-commit-entry.ts';
import type { Evidence as Given, RevocationEvidence } from '../../../group/rules/commit-change.ts';
import { judgeCommit } from '../../../group/rules/judge-commit.ts';
import type { StagedCommit } from '../../../mls/group/stage-commit.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import type { ParleyError } from '../../../protocol/errors.ts';
import type { Evidence } from '../evidence/evidence.ts';

/** What this agent finds of a commit, or that it cannot say yet: to be asked again at `again`, in milliseconds since 1970. */
export type Judged =
  | { readonly kind: 'found'; readonly verdict: FinalVerdict }
  | { readonly kind: 'waits'; readonly again: number; readonly why: ParleyError };

/** What commits are judged with. */
export interface JudgeDeps {
  readonly evidence: Evidence;
  /** DER of every CA that was ever pinned here. */
  readonly authorities: readonly Bytes[];
}

/**
 * Judges a commit by the rules of the groups page, sections 2 and 5, with what the Controller says where they ask for it. `at`: the
 * entry's, in Unix seconds. Who cannot ask waits, and neither applies nor refuses.
 */
export async function judge({ evidence, authorities }: JudgeDeps, staged: StagedCommit, at: number): Promise<Judged> {
  let given: Given = { at, authorities, certificates: new Map() };
  for (;;) {
    const verdict = await judgeCommit(staged, given);
    if (!('needs' in verdict)) return { kind: 'found', verdict };
    const found =
      verdict.needs === 'certificates'
        ? await evidence.certificates(verdict.missing, at)
        : await evidence.revocations(at, verdict.decides);
    if (found.kind === 'waits') return found;
    given = withFound(given, found.value);
  }
}

function withFound(given: Given, found: ReadonlyMap<string, Bytes | 'unknown'> | RevocationEvidence): Given {
  if ('revokedSince' in found) return { ...given, revocations: found };
  return { ...given, certificates: new Map([...given.certificates, ...found]) };
}
