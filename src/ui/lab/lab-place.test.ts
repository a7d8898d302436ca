import { expect, test } from 'vitest';
import { type LabPlace, labAddress, movedTo } from './lab-place.ts';

test.each([
  ['altered-members', undefined, '/lab/man-in-the-middle'],
  ['altered-members', 'CLIENT_HELLO-nonce-altered', '/lab/man-in-the-middle/CLIENT_HELLO-nonce-altered'],
  ['session-hijack', 'made-up', '/lab/session-hijacking/made-up'],
  ['false-controller', 'verified', '/lab/rogue-controller/verified'],
  ['flood', undefined, '/lab/flooding'],
  ['false-certificates', 'helper-own-ca', '/lab/impersonation/helper-own-ca'],
  ['resumption', 'again', '/lab/resumption/replayed'],
  ['resumption', 'again-later', '/lab/resumption/replayed-later'],
])('the former address of %s %s leads to %s', (scenario, attempt, address) => {
  const place: LabPlace = { scenario, ...(attempt === undefined ? {} : { attempt }) };
  expect(labAddress(movedTo(place))).toBe(address);
});

test.each([
  {},
  { scenario: 'free' },
  { scenario: 'resumption', attempt: 'stolen-key' },
  { scenario: 'replay', attempt: 'again' },
])('%j has not moved', (place) => {
  expect(movedTo(place)).toBeUndefined();
});
