import { expect, it } from 'vitest';
import { outcomesWithInputsOverwritten } from './testing/overwritten-inputs.ts';

it.each([0, 100, 200_000])('SubtleCrypto copies inputs of %i bytes before it returns', async (size) => {
  const { overwritten, kept } = await outcomesWithInputsOverwritten(size);
  expect(overwritten).toEqual(kept);
});
