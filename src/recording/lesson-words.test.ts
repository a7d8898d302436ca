import { expect, test } from 'vitest';
import { checkNames, messageNames, operationNames } from '../agent/contracts/trace-names.ts';
import { lessonOfCheck, lessonOfOperation, messageLessons } from './lesson-words.ts';

const lessons = [
  ...messageNames.map((name) => [name, messageLessons[name]] as const),
  ...checkNames.flatMap((name) =>
    (['CLIENT_HELLO', 'RESUME_HELLO'] as const).map((of) => [`${name} of ${of}`, lessonOfCheck(name, of)] as const),
  ),
  ...operationNames.flatMap((name) =>
    (['handshake', 'resumption'] as const).map((how) => [`${name} in a ${how}`, lessonOfOperation(name, how)] as const),
  ),
];

test.each(lessons)('%s: one sentence of 25 words at most, with what would be missing', (_, lesson) => {
  const sentence = lesson.replace(/\{\w+\}/g, 'somebody');
  expect(sentence).toMatch(/^[^.!?{}]+; without [^.!?{}]+\.$/);
  expect(sentence.split(' ').length).toBeLessThanOrEqual(25);
});
