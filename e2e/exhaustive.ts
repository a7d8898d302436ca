/** True in `npm run test:slow`: a test that tries a sample elsewhere tries everything. */
export const isExhaustive = process.env.PARLEY_EXHAUSTIVE === '1';
