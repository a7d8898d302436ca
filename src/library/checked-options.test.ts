import { expect, test } from 'vitest';
import { requireAgentOptions, requireBaseUrl, requireRetention, requireSearch } from './checked-options.ts';

const right = { id: 'page_agent_001', server: 'http://localhost:4173' };
const onNode = { hasFolders: true };

/** Returns why options, as a program without types gives them, are refused; undefined when they are taken. */
function refusal(given: unknown, platform: { readonly hasFolders?: boolean } = onNode): unknown {
  try {
    requireAgentOptions(
      JSON.parse('0', () => given),
      platform,
    );
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid_input' });
    return error instanceof Error ? error.message : error;
  }
}

test.each([
  ['folders', 'folder'],
  ['pass_phrase', 'passphrase'],
  ['registration-token', 'registrationToken'],
  ['token', undefined],
  ['ID', 'id'],
  ['onerror', 'onError'],
  ['handlers', undefined],
  ['method', 'methods'],
  ['reachble', 'reachable'],
  ['colour', undefined],
])('the unknown option %s is refused, with the nearest name', (name, near) => {
  const words = refusal({ ...right, [name]: 'x' });
  expect(words).toContain(`Agent.open has no option “${name}”.`);
  expect(words).toContain(near === undefined ? 'It has id, server, methods,' : `Did you mean “${near}”?`);
});

test.each<[string, unknown]>([
  ['have to be an object', undefined],
  ['have to be an object', 'page_agent_001'],
  ['needs the option “id”', { server: right.server }],
  ['needs the option “server”', { id: right.id }],
  ['id of Agent.open has to be a string', { ...right, id: 1 }],
  ['reachable of Agent.open has to be true or false', { ...right, reachable: 'no' }],
  ['onEvent of Agent.open has to be a function', { ...right, onEvent: {} }],
  ['methods of Agent.open has to be an object', { ...right, methods: [] }],
  ['The handler of “greet” in methods has to be a function', { ...right, methods: { greet: 'Hello' } }],
  ['A method has 1 to 128 characters', { ...right, methods: { '': () => 1 } }],
  ['address has to be an http or https URL', { ...right, address: 'localhost:1' }],
  ['passphrase is empty', { ...right, passphrase: '' }],
])('%s', (words, given) => {
  expect(refusal(given)).toContain(words);
});

test('options that are right, undefined or missing are taken', () => {
  expect(refusal({ ...right, folder: undefined, methods: { greet: () => 1, later: undefined } })).toBe(undefined);
});

test('a folder or a passphrase in a browser is refused: it would protect nothing', () => {
  expect(refusal({ ...right, passphrase: 'correct horse' }, {})).toContain('passphrase is an option on Node');
  expect(refusal({ ...right, folder: '/keys' }, {})).toContain('folder is an option on Node');
});

test.each([
  ['localhost:4173', 'Give an http or https URL'],
  ['ftp://localhost', 'Give an http or https URL'],
  ['http://localhost:4173/controller', 'Give its base alone: http://localhost:4173.'],
  ['http://user:secret@localhost:4173', 'Give its base alone: http://localhost:4173.'],
])('the server %s is refused without its text', (server, advice) => {
  const refused = expect.objectContaining({ code: 'invalid_input', detail: expect.stringContaining(advice) });
  expect(() => requireBaseUrl(server)).toThrow(refused);
  expect(() => requireBaseUrl(server)).not.toThrow(/secret/);
});

test('other calls are held to their options', () => {
  const given = <T>(value: unknown): T => JSON.parse('0', () => value);
  expect(() => requireSearch(given({ text: 'a', peer: 'b' }))).toThrow('“peerId”');
  expect(() => requireSearch(given({ text: 'a', offset: -1 }))).toThrow('offset of search has to be an integer');
  expect(() => requireRetention(given({ keep: 'weeks' }))).toThrow('keep of setRetention has to be all, days or bytes');
  expect(() => requireRetention(given({ keep: 'days' }))).toThrow('needs “days”');
});
