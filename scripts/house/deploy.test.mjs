import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commands } from '../../src/cli/commands.ts';
import { serverFlags } from '../../src/server/options/flags.ts';
import { readServerOptions } from '../../src/server/options/options.ts';
import { inProject } from '../places.mjs';

/** @param {string} path */
const read = (path) => readFileSync(inProject(path), 'utf8');
const dockerfile = read('Dockerfile');
const lines = dockerfile.replaceAll('\\\n', ' ').split('\n');
/** @param {string} word */
const instructions = (word) =>
  lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));

/** What an image is made with, as the reference of Dockerfiles has it. */
const dockerInstructions = 'ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK RUN USER VOLUME WORKDIR'.split(' ');

const compose = parse(read('deploy/compose.yaml'), { merge: true });
const relays = ['relay-1', 'relay-2'].map((name) => compose.services[name]);
const tokens = ['PARLEY_OPERATOR_TOKEN', 'PARLEY_METRICS_TOKEN', 'PARLEY_REGISTRATION_TOKENS'];
const known = new Set([...Object.values(serverFlags).map(({ variable }) => variable), ...tokens]);

/** What a shell would make of `${NAME:-default}` and `${NAME:?message}` with nothing set but the two tokens. */
/** @param {string} text */
const filled = (text) =>
  text.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name, kind, rest) => (kind === '-' ? rest : `a-long-enough-${name}`));

describe('the image', () => {
  test('has an instruction of Docker on every line', () => {
    const words = lines.filter((line) => /^[^#\s]/.test(line)).map((line) => line.split(' ', 1)[0]);
    expect(words.filter((word) => !dockerInstructions.includes(word ?? ''))).toEqual([]);
    expect(lines.filter((line) => /^\s+\S/.test(line))).toEqual([]);
  });

  test('runs as somebody who is not root, on a Node that the package asks for', () => {
    expect(instructions('USER').at(-1)).toBe('node');
    const { engines } = JSON.parse(read('package.json'));
    const least = Number(/\d+/.exec(engines.node)?.[0]);
    for (const from of instructions('FROM')) expect(Number(/node:(\d+)/.exec(from)?.[1])).toBeGreaterThanOrEqual(least);
  });

  test('names every image by its exact version and its digest', () => {
    for (const image of [...instructions('FROM'), compose.services.nats.image]) {
      expect(image).toMatch(/^(node|nats):\d+\.\d+\.\d+-\w+@sha256:[0-9a-f]{64}( AS \w+)?$/);
    }
  });

  test('copies what the package is, and starts and asks what is in it', () => {
    const { bin, files } = JSON.parse(read('package.json'));
    for (const program of [
      ...instructions('ENTRYPOINT'),
      ...lines.filter((line) => line.trim().startsWith('CMD ["node"')),
    ]) {
      expect(program).toContain(bin.parley);
    }
    for (const folder of ['dist/package', 'dist/app']) {
      expect(files).toContain(folder);
      expect(instructions('COPY').some((copy) => copy.includes(`/build/${folder} ./${folder}`))).toBe(true);
    }
    expect(commands.map(({ name }) => name)).toEqual(expect.arrayContaining(['health', 'server']));
  });

  test('sets nothing that the server does not know', () => {
    const names = [...(instructions('ENV')[0] ?? '').matchAll(/(\w+)=/g)].map(([, name]) => name);
    expect(names.filter((name) => name !== 'NODE_ENV' && !known.has(name ?? ''))).toEqual([]);
  });
});

describe('the two relays', () => {
  test.each(relays.map((relay, at) => [at + 1, relay]))('%i runs with what it is given', (at, relay) => {
    /** @type {Record<string, string>} */
    const environment = { PARLEY_HOST: '0.0.0.0', PARLEY_DATA: '/data', PORT: '4173' };
    for (const [name, value] of Object.entries(relay.environment)) {
      expect(known.has(name), name).toBe(true);
      environment[name] = filled(String(value));
    }
    const options = readServerOptions({}, environment);
    expect(options.url).toBe(`http://localhost:418${at}`);
    expect(options.relays).toContain(options.url);
    expect(options).toMatchObject({ registration: 'token', nats: 'nats://nats:4222', ca: '/ca/ca.pem' });
    // Whoever reaches a published port could say to be anybody.
    expect(options).toMatchObject({ trustProxy: false, proxies: [] });
    expect(relay.ports).toEqual([`127.0.0.1:418${at}:${options.port}`]);
    expect(relay.volumes.map((/** @type {string} */ volume) => volume.split(':')[1])).toEqual(['/ca', '/data']);
    expect(relay).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      depends_on: { nats: { condition: 'service_healthy' } },
    });
  });

  test('have files of their own and one CA, and every volume is declared', () => {
    const volumes = [...relays, compose.services.nats].flatMap(({ volumes: all }) => all);
    const named = volumes.map((volume) => volume.split(':')[0]).filter((name) => !name.startsWith('.'));
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
    expect(named.filter((name) => name === 'ca')).toHaveLength(2);
    for (const [path] of volumes.map((volume) => volume.split(':')).filter(([name]) => name.startsWith('.'))) {
      expect(existsSync(inProject(`deploy/${path}`))).toBe(true);
    }
  });

  test('keep NATS to themselves, with room for the largest message', () => {
    expect(compose.services.nats.ports).toBeUndefined();
    expect(read('deploy/nats.conf')).toContain('max_payload: 32MB');
  });

  test('have a NATS that stores what it confirms, and that knows this setting', () => {
    expect(read('deploy/nats.conf')).toMatch(/^jetstream \{[^}]*^ {2}sync_interval: always$/ms);
    const [, major, minor] = /^nats:(\d+)\.(\d+)\./.exec(compose.services.nats.image) ?? [];
    expect(Number(major) * 100 + Number(minor)).toBeGreaterThanOrEqual(210);
  });
});
