import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateRequest } from '../pki/certificate-request.ts';
import { createMemoryControllerStore } from '../storage/memory/controller-store.ts';
import { createController } from './controller.ts';
import { get, post, register } from './testing/client.ts';
import { baseUrl, makeRegistrant } from './testing/registrant.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)('the openssl command', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });
  const verify = (name: string) =>
    spawnSync(
      'openssl',
      ['verify', '-x509_strict', '-crl_check', '-CRLfile', file('crl.pem'), '-CAfile', file('ca.pem'), file(name)],
      { encoding: 'utf8' },
    );

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-openssl-'));
    const controller = createController({
      store: createMemoryControllerStore(),
      clock: () => Date.now(),
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      baseUrl,
      presence: async () => true,
      operatorToken: 'operator',
    });
    const good = await makeRegistrant('helper_agent_001', 'https://localhost:5001');
    const bad = await makeRegistrant('mallory_agent_001', 'https://localhost:5666');
    const timestamp = Math.floor(Date.now() / 1_000);
    const helper = await register(controller, good, { timestamp });
    const mallory = await register(controller, bad, { timestamp });
    const revocation = { agent_id: 'mallory_agent_001', reason: 'keyCompromise', timestamp: 0 };
    await post(controller, '/controller/revoke', revocation, { authorization: 'Bearer operator' });
    writeFileSync(file('ca.pem'), await (await get(controller, '/controller/ca')).text());
    writeFileSync(file('crl.der'), Buffer.from(await (await get(controller, '/controller/crl')).arrayBuffer()));
    openssl('crl', '-inform', 'DER', '-in', file('crl.der'), '-out', file('crl.pem'));
    const certificates = {
      'signing.pem': helper.certificates.signing,
      'encryption.pem': helper.certificates.encryption,
      'revoked.pem': mallory.certificates.signing,
    };
    for (const [name, der] of Object.entries(certificates)) {
      writeFileSync(file('one.der'), der);
      openssl('x509', '-inform', 'DER', '-in', file('one.der'), '-out', file(name));
    }
    writeFileSync(
      file('request.der'),
      await createCertificateRequest({ agentId: 'helper_agent_001', signingKeys: good.signing }),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(['signing.pem', 'encryption.pem'])('verifies %s against the CA and its CRL', (name) => {
    const { status, stdout } = verify(name);
    expect(stdout).toBe(`${file(name)}: OK\n`);
    expect(status).toBe(0);
  });

  test('finds a revoked certificate on the CRL', () => {
    const { status, stderr } = verify('revoked.pem');
    expect(status).not.toBe(0);
    expect(stderr).toContain('certificate revoked');
  });

  test('reads a signing certificate as the protocol page has it', () => {
    const text = openssl('x509', '-in', file('signing.pem'), '-noout', '-text');
    for (const line of [
      'Version: 3 (0x2)',
      'Signature Algorithm: ecdsa-with-SHA256',
      'Subject: CN = helper_agent_001',
      'Public Key Algorithm: rsaEncryption',
      'Exponent: 65537 (0x10001)',
      'URI:urn:parley:agent:helper_agent_001, URI:https://localhost:5001',
      `URI:${baseUrl}/controller/crl`,
      'X509v3 Authority Key Identifier',
      'X509v3 Subject Key Identifier',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
  });

  test('reads an encryption certificate with its own usage', () => {
    const text = openssl('x509', '-in', file('encryption.pem'), '-noout', '-text');
    expect(text).toMatch(/Key Usage: critical\s+Key Encipherment\n/);
    expect(text).toContain('Public Key Algorithm: rsaEncryption');
  });

  test('reads the CRL with its number, its times and the reason', () => {
    const text = openssl('crl', '-in', file('crl.pem'), '-noout', '-text');
    expect(text).toContain('Version 2 (0x1)');
    expect(text).toMatch(/X509v3 CRL Number:\s+\d+/);
    expect(text).toContain('Key Compromise');
    expect(text).toContain('Next Update:');
  });

  test('verifies the certificate request', () => {
    const { status, stderr, stdout } = spawnSync(
      'openssl',
      ['req', '-inform', 'DER', '-in', file('request.der'), '-verify', '-noout', '-text'],
      { encoding: 'utf8' },
    );
    expect(status).toBe(0);
    expect(`${stdout}${stderr}`).toContain('verify OK');
    expect(stdout).toContain('Signature Algorithm: rsassaPss');
  });
});
