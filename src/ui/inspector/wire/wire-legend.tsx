import { kindWords } from './kind-words.ts';
import type { MemberKind } from './member-kinds.ts';

const entries: readonly (readonly [MemberKind, string])[] = [
  ['certificate', 'public, in its owner’s colour'],
  ['rsa_ciphertext', 'opens with one private key'],
  ['key_share', 'public half of a fresh key'],
  ['iv', 'public, used once'],
  ['ciphertext', 'hatched: unreadable'],
  ['tag', 'no bit can change'],
  ['signature', 'rule in the signer’s colour'],
  ['metadata', 'ids, numbers, time: readable'],
];

/** Shows how the members of the bodies are marked. */
export function WireLegend() {
  return (
    <ul className="wire-legend" aria-label="Kinds of members">
      {entries.map(([kind, words]) => (
        <li key={kind}>
          <span className={`wire-kind wire-kind-${kind}`}>{kindWords[kind].one}</span>{' '}
          <span className="small muted">{words}</span>
        </li>
      ))}
    </ul>
  );
}
