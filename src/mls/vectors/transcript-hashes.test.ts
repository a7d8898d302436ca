import { expect, it } from 'vitest';
import { noBytes } from '../bytes.ts';
import { decode } from '../codec/reader.ts';
import { confirmationTag, confirmedTranscriptHash, interimTranscriptHash } from '../schedule/transcript-hash.ts';
import { readAuthenticatedContent } from '../structures/authenticated-content.ts';
import { checkSuiteVectors, hex } from './testing/load.ts';

it('computes transcript hashes and the confirmation tag as the official vectors have them', async () => {
  const tally = await checkSuiteVectors(
    'transcript-hashes',
    {
      confirmation_key: hex,
      authenticated_content: hex,
      interim_transcript_hash_before: hex,
      confirmed_transcript_hash_after: hex,
      interim_transcript_hash_after: hex,
    },
    (value, suite) => {
      const authenticated = decode(readAuthenticatedContent, value.authenticated_content);
      expect(authenticated.content.content.type).toBe('commit');
      const confirmed = confirmedTranscriptHash(suite, value.interim_transcript_hash_before, authenticated);
      expect(confirmed).toEqual(value.confirmed_transcript_hash_after);
      const tag = authenticated.auth.confirmationTag ?? noBytes;
      expect(confirmationTag(suite, value.confirmation_key, confirmed)).toEqual(tag);
      expect(interimTranscriptHash(suite, confirmed, tag)).toEqual(value.interim_transcript_hash_after);
    },
  );
  expect(tally.passed).toBeGreaterThan(0);
});
