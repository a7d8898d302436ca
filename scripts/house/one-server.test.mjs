import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { serverFlags } from '../../src/server/options/flags.ts';
import { readServerOptions } from '../../src/server/options/options.ts';
import { inProject } from '../places.mjs';

/** @param {string} path */
const read = (path) => readFileSync(inProject(path), 'utf8');
const tokens = ['PARLEY_OPERATOR_TOKEN', 'PARLEY_METRICS_TOKEN', 'PARLEY_REGISTRATION_TOKENS'];
const known = new Set([...Object.values(serverFlags).map(({ variable }) => variable), ...tokens]);

describe('the compose file of one server', () => {
  const compose = parse(read('deploy/compose.one.yaml'));
  const { parley } = compose.services;

  test('gives it nothing but what it knows, and it starts with that', () => {
    /** @type {Record<string, string>} */
    const environment = { PARLEY_HOST: '0.0.0.0', PARLEY_DATA: '/data', PORT: '4173' };
    for (const [name, value] of Object.entries(parley.environment)) {
      expect(known.has(name), name).toBe(true);
      environment[name] = String(value).replace(/^\$\{PARLEY_URL:\?[^}]+\}$/, 'https://parley.example');
    }
    const options = readServerOptions({}, environment);
    expect(options).toMatchObject({ url: 'https://parley.example', registration: 'token', trustProxy: false });
    expect(parley.ports).toEqual([`127.0.0.1:4173:${options.port}`, `127.0.0.1:9464:${options.metricsAt?.port}`]);
    // What connects to a published port comes from the gateway of the network.
    const [{ gateway, subnet }] = compose.networks.default.ipam.config;
    expect(options.proxies).toEqual([gateway]);
    expect(subnet.split('.').slice(0, 3)).toEqual(gateway.split('.').slice(0, 3));
  });

  test('stores its data in a volume, and lets the container write nowhere else', () => {
    expect(parley.volumes).toEqual(['data:/data']);
    expect(Object.keys(compose.volumes)).toEqual(['data']);
    expect(parley).toMatchObject({ read_only: true, cap_drop: ['ALL'], build: '..' });
    expect(existsSync(inProject('Dockerfile'))).toBe(true);
  });
});

describe('the systemd unit', () => {
  const unit = read('deploy/parley.service');
  /** @param {string} name */
  const values = (name) =>
    unit
      .split('\n')
      .filter((line) => line.startsWith(`${name}=`))
      .map((line) => line.slice(name.length + 1));

  test('gives the server nothing but what it knows, and it starts with that', () => {
    const pairs = values('Environment').map((line) => line.split(/=(.*)/s).slice(0, 2));
    const environment = Object.fromEntries(pairs);
    const names = Object.keys(environment).filter((name) => !name.startsWith('NODE_'));
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    const options = readServerOptions({}, environment);
    expect(options).toMatchObject({ host: '127.0.0.1', url: 'https://parley.example', registration: 'token' });
    expect(options.data).toBe(`/var/lib/${values('StateDirectory')[0]}`);
    expect(values('ExecStart')).toEqual(['/usr/bin/env parley server']);
  });

  test('takes from the process what it does not need', () => {
    for (const line of [
      'User=parley',
      'NoNewPrivileges=yes',
      'CapabilityBoundingSet=',
      'ProtectSystem=strict',
      'ProtectHome=yes',
      'UMask=0077',
    ]) {
      expect(unit.split('\n')).toContain(line);
    }
    expect(unit).not.toMatch(/^(MemoryDenyWriteExecute=yes|User=root)/m);
    // What a restart does not mend is not tried again and again.
    expect(values('RestartPreventExitStatus')).toEqual(['2 5']);
  });

  test('has sections and members only, and systemd takes it where there is one', () => {
    for (const line of unit.split('\n')) expect(line).toMatch(/^(#.*|\[(Unit|Service|Install)\]|[A-Z]\w*=.*|)$/);
    const { stderr } = spawnSync('systemd-analyze', ['verify', inProject('deploy/parley.service')]);
    // Without systemd, its form alone was looked at. What it says of other units of this machine is not meant.
    const about = String(stderr ?? '')
      .split('\n')
      .filter((line) => line.includes('parley.service'));
    expect(about).toEqual([]);
  });
});
