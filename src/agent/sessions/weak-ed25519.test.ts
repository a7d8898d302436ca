import { test } from 'vitest';
import { expectWeakEd25519Refused } from '../testing/expect-weak-ed25519.ts';

test('weak Ed25519 keys and signatures are refused wherever one is taken or verified', expectWeakEd25519Refused);
