import type { Attempt, ScenarioInfo, Verdict } from '../../lab/run/scenario.ts';
import { checkWords } from '../../recording/check-words.ts';
import { labParties } from './party-of-lab.ts';

/**
 * How an attempt ended: `held`, as a sound protocol has it; `shown`, the attacker succeeded on purpose, which shows what
 * a guarantee depends on; `broken`, otherwise than it must.
 */
export type Ending = 'held' | 'shown' | 'broken';

/** Returns how a verdict counts. */
export function endingOf({ outcome, expected }: Pick<Verdict, 'outcome' | 'expected'>): Ending {
  if (outcome !== expected) return 'broken';
  return outcome === 'refused' ? 'held' : 'shown';
}

/** How each ending is marked and called, wherever it stands: never by its colour alone. */
export const endingWords: Readonly<Record<Ending, { readonly mark: string; readonly words: string }>> = {
  held: { mark: '✓', words: 'held' },
  shown: { mark: '▲', words: 'succeeded on purpose' },
  broken: { mark: '✕', words: 'BROKEN' },
};

/** An attempt and the scenario that it is of. */
export interface ResultLine {
  readonly scenario: ScenarioInfo;
  readonly attempt: Attempt;
}

/** Attempts that were refused alike. */
export interface RefusalGroup {
  /** Names the group among the others. */
  readonly id: string;
  /** The check that refused them, in words. */
  readonly name: string;
  /** What would go wrong without it, one sentence. */
  readonly why: string;
  /** The codes they were refused under and how often, the most frequent first. */
  readonly codes: readonly (readonly [code: string, count: number])[];
  readonly lines: readonly ResultLine[];
}

/** What came of the attempts of any number of scenarios. Every attempt is in one of the lists. */
export interface LabResult {
  readonly total: number;
  /** The group with the most attempts first. */
  readonly refused: readonly RefusalGroup[];
  /** The attacker got nothing, and no check was needed for it. */
  readonly unaided: readonly ResultLine[];
  readonly shown: readonly ResultLine[];
  readonly broken: readonly ResultLine[];
}

/** Returns the result of `lines`. */
export function resultOf(lines: readonly ResultLine[]): LabResult {
  const ended = (ending: Ending) => lines.filter(({ attempt }) => endingOf(attempt.verdict) === ending);
  const held = ended('held');
  const byGroup = Map.groupBy(
    held.filter(({ attempt }) => attempt.verdict.refusal !== undefined),
    ({ attempt: { verdict } }) => groupIdOf(verdict.refusal),
  );
  return {
    total: lines.length,
    refused: [...byGroup.values()].map(groupOf).sort((a, b) => b.lines.length - a.lines.length),
    unaided: held.filter(({ attempt }) => attempt.verdict.refusal === undefined),
    shown: ended('shown'),
    broken: ended('broken'),
  };
}

function groupOf(lines: readonly ResultLine[]): RefusalGroup {
  const codes = new Map<string, number>();
  for (const { attempt } of lines) {
    const code = attempt.verdict.refusal?.code ?? '';
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  const refusal = lines[0]?.attempt.verdict.refusal;
  const words = refusal?.check === undefined ? undefined : checkWords[refusal.check];
  const found = words ??
    (refusal === undefined ? undefined : inGroups.get(refusal.of)) ?? {
      name: beforehand.get(refusal?.code ?? '') ?? 'Refused before anything was sent',
      why: 'The agent itself refused, before a single byte was sent to the attacker.',
    };
  return { id: groupIdOf(refusal), ...found, codes: [...codes].sort(([, a], [, b]) => b - a), lines };
}

/** What refuses in groups, where no check of a session does. */
const inGroups: ReadonlyMap<NonNullable<Verdict['refusal']>['of'], { readonly name: string; readonly why: string }> =
  new Map([
    [
      'entry',
      {
        name: 'Group rules hold',
        why: 'Members would apply what one of them, or the delivery service, put into the group’s log against the rules.',
      },
    ],
    [
      'service',
      {
        name: 'Only members append to a log',
        why: 'Anybody with a certificate could fill the log of a group. Members skip such entries when a dishonest service takes them.',
      },
    ],
  ]);

/** Returns what names a group of refusals: the check, all of a group's rules as one, or the code. */
function groupIdOf(refusal: Verdict['refusal']): string {
  if (refusal?.of === 'entry') return 'group-rules';
  if (refusal?.of === 'service') return 'delivery-service';
  return refusal?.check ?? refusal?.code ?? '';
}

/** What an agent refuses before it sends anything, so that no check of a message has to. */
const beforehand: ReadonlyMap<string, string> = new Map([
  ['certificate_revoked', 'Certificate revoked, seen before anything was sent'],
  ['certificate_untrusted', 'KeyPackage not of the agent it is for, seen before anything was sent'],
  ['member_not_trusted', 'Member not trusted, seen before anything was sent'],
  ['unknown_group', 'Private part of a used KeyPackage deleted'],
  ['peer_key_changed', 'Verified peer has another key, seen before anything was sent'],
]);

/** Returns how many attempts were refused by a check. */
export function countRefused({ refused }: LabResult): number {
  return refused.reduce((sum, { lines }) => sum + lines.length, 0);
}

/** Returns how an attempt was refused, in a few words: `refused by “Signature verifies”`, or `nothing gained`. */
export function refusalWords({ refusal }: Pick<Verdict, 'refusal'>): string {
  if (refusal === undefined) return 'nothing gained';
  if (refusal.of === 'entry') return 'skipped by “Group rules hold”';
  if (refusal.of === 'service') return 'refused by the delivery service';
  return refusal.check === undefined
    ? 'refused before anything was sent'
    : `refused by “${checkWords[refusal.check].name}”`;
}

/** Returns who refused an attempt and how, for a sentence that goes on with the code. */
export function refuserWords({ by, check, of }: NonNullable<Verdict['refusal']>): string {
  const { name } = labParties[by];
  if (of === 'entry') return `${name}, which skipped the entry`;
  if (of === 'service') return `${name}, which took nothing`;
  return check === undefined ? `${name}, before it sent anything` : `${name}, by the check “${checkWords[check].name}”`;
}

/** Returns a verdict as a headline, with its mark. */
export function headlineOf(verdict: Verdict): string {
  const { outcome, expected, refusal } = verdict;
  const { mark } = endingWords[endingOf(verdict)];
  if (outcome === 'succeeded') {
    return expected === 'succeeded'
      ? `${mark} The attack succeeded on purpose: it shows what the guarantee depends on`
      : `${mark} The attack SUCCEEDED: this must not be`;
  }
  if (expected === 'succeeded') return `${mark} The attack failed, and was meant to succeed`;
  return refusal === undefined
    ? `${mark} The attacker gained nothing`
    : `${mark} Refused by ${labParties[refusal.by].name}`;
}
