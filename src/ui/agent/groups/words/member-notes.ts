import type { GroupMemberView } from '../../../../agent/contracts/group-views.ts';

/** One thing to know of a member. `bad`: nothing is sent because of it. */
export interface MemberNote {
  readonly tone: 'plain' | 'warn' | 'bad';
  readonly word: string;
  /** What it means, in one sentence. */
  readonly about: string;
}

/** Returns what is to be known of a member beside its role and its verified mark, what matters most first. */
export function memberNotes(member: GroupMemberView): readonly MemberNote[] {
  const notes: (MemberNote | undefined)[] = [
    trustNote(member),
    member.isDiverged
      ? {
          tone: 'bad',
          word: 'diverged',
          about: 'It reads another history of this group. Its messages are shown apart and its requests are not run.',
        }
      : undefined,
    member.isLeaving
      ? { tone: 'warn', word: 'leaving', about: 'It asked to leave. The next change of the group removes it.' }
      : undefined,
    member.isHeard || member.isSelf
      ? undefined
      : {
          tone: 'plain',
          word: 'not heard yet',
          about: 'Nothing from it was verified here so far: that it is a member is what the inviter says.',
        },
  ];
  return notes.filter((note) => note !== undefined);
}

function trustNote({ trust }: GroupMemberView): MemberNote | undefined {
  switch (trust) {
    case 'trusted':
      return undefined;
    case 'expired':
      return { tone: 'bad', word: 'not trusted: expired', about: 'Its certificate or credential has expired.' };
    case 'revoked':
      return {
        tone: 'bad',
        word: 'not trusted: revoked',
        about: 'Its certificate was revoked. Any member removes it.',
      };
    case 'key_changed':
      return {
        tone: 'bad',
        word: 'not trusted: key changed',
        about: 'Its signing key is not the one that you verified. Nothing is sent until you decide.',
      };
    case 'waiting':
      return {
        tone: 'warn',
        word: 'not checked yet',
        about: 'Its certificate or the revocation list cannot be read at the moment.',
      };
  }
}
