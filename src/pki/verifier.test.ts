import fc from 'fast-check';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { makeRegistrant, type Registrant, spkiOf } from '../controller/testing/registrant.ts';
import { type Bytes, toHex } from '../protocol/bytes.ts';
import { ParleyError } from '../protocol/errors.ts';
import type { CertificatePair } from '../protocol/handshake/identity.ts';
import {
  type Authority,
  createCaCertificate,
  type IssuedPair,
  issueCertificates,
  issueRevocationList,
} from './authority.ts';
import { readRevocationList } from './revocation-list.ts';
import { createCertificateVerifier, type VerifierOptions } from './verifier.ts';

const now = 1_790_000_000;
const day = 86_400;
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
let authority: Authority;
let other: Authority;
let helper: Registrant;
let traveller: Registrant;
let good: IssuedPair;

beforeAll(async () => {
  [authority, other, helper, traveller] = await Promise.all([
    makeAuthority(),
    makeAuthority(),
    makeRegistrant('helper_agent_001', 'https://localhost:5001'),
    makeRegistrant('traveller_agent_001', 'https://localhost:5000'),
  ]);
  good = await issue(authority, helper);
});

async function makeAuthority(): Promise<Authority> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const certificate = await createCaCertificate({ keys, name: 'Parley Controller', lifetime: 3650 * day, now, random });
  return { signingKey: keys.privateKey, certificate };
}

async function issue(by: Authority, to: Registrant, encryptionSpki?: Bytes): Promise<IssuedPair> {
  return issueCertificates(
    by,
    {
      agentId: to.agentId,
      address: to.address,
      signingSpki: await spkiOf(to.signing),
      encryptionSpki: encryptionSpki ?? (await spkiOf(to.encryption)),
      crlUrl: 'https://controller.test/controller/crl',
      lifetime: 30 * day,
    },
    { now, random },
  );
}

async function listOf(revoked: readonly string[], at = now) {
  const der = await issueRevocationList(authority, {
    number: 7,
    thisUpdate: at,
    nextUpdate: at + 3_600,
    revoked: revoked.map((serial) => ({ serial, revokedAt: at, reason: 'superseded' as const })),
  });
  return readRevocationList(der, authority.certificate, at);
}

async function verdict(pair: CertificatePair, at = now, options: Partial<VerifierOptions> = {}): Promise<string> {
  const list = await listOf([], at);
  const verify = createCertificateVerifier({
    caCertificate: authority.certificate,
    revocation: () => list,
    ...options,
  });
  return verify(pair, at).then(
    ({ agentId }) => agentId,
    (error: unknown) => (error instanceof ParleyError ? error.code : String(error)),
  );
}

describe('a pair of certificates', () => {
  test('that the pinned CA issued is accepted', async () => {
    expect(await verdict(good.certificates)).toBe('helper_agent_001');
  });

  test('of another CA, even one of the same name, is untrusted', async () => {
    expect(await verdict((await issue(other, helper)).certificates)).toBe('certificate_untrusted');
  });

  test('whose certificates change places is untrusted', async () => {
    const { signing, encryption } = good.certificates;
    expect(await verdict({ signing: encryption, encryption: signing })).toBe('certificate_untrusted');
    expect(await verdict({ signing, encryption: signing })).toBe('certificate_untrusted');
  });

  test('of two agents is untrusted', async () => {
    const { certificates } = await issue(authority, traveller);
    const mixed = { signing: good.certificates.signing, encryption: certificates.encryption };
    expect(await verdict(mixed)).toBe('certificate_untrusted');
  });

  test('with one key for both uses is untrusted', async () => {
    const { certificates } = await issue(authority, helper, await spkiOf(helper.signing));
    expect(await verdict(certificates)).toBe('certificate_untrusted');
  });

  test('with a key that is too small is untrusted', async () => {
    const small = await makeRegistrant('small_agent', 'https://localhost:5009', 1_024);
    expect(await verdict((await issue(authority, small)).certificates)).toBe('certificate_untrusted');
  });

  test('where the CA stands in for an agent is untrusted', async () => {
    const { encryption } = good.certificates;
    expect(await verdict({ signing: authority.certificate, encryption })).toBe('certificate_untrusted');
  });

  test('with any bit of what no signature covers changed is untrusted: DER has one way to write it', async () => {
    for (let pairs = 0; pairs < 4; pairs++) {
      const { signing, encryption } = (await issue(authority, helper)).certificates;
      for (const changed of sampled(endingsOf(signing))) {
        expect(await verdict({ signing: changed, encryption }), toHex(changed)).toBe('certificate_untrusted');
      }
    }
  });

  test('with any byte changed, added or missing is untrusted', async () => {
    const { signing, encryption } = good.certificates;
    const inEither = (change: (der: Bytes) => Bytes) => [
      { signing: change(signing), encryption },
      { signing, encryption: change(encryption) },
    ];
    for (const pair of inEither((der) => Uint8Array.of(...der, 0))) {
      expect(await verdict(pair)).toBe('certificate_untrusted');
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (position, mask) => {
        const flip = (der: Bytes) => der.map((byte, i) => (i === position % der.length ? byte ^ mask : byte));
        for (const pair of inEither(flip)) expect(await verdict(pair)).toBe('certificate_untrusted');
      }),
      { numRuns: 60 },
    );
  });

  test('is good between its two dates only', async () => {
    expect(await verdict(good.certificates, now - 300)).toBe('helper_agent_001');
    expect(await verdict(good.certificates, now - 301)).toBe('certificate_expired');
    expect(await verdict(good.certificates, now + 30 * day)).toBe('helper_agent_001');
    expect(await verdict(good.certificates, now + 30 * day + 1)).toBe('certificate_expired');
  });

  test('with either serial number on the CRL is revoked', async () => {
    for (const serial of good.serials) {
      const list = await listOf([serial]);
      expect(await verdict(good.certificates, now, { revocation: () => list })).toBe('certificate_revoked');
    }
  });

  test('without a current CRL has an unknown status, unless a policy accepts that', async () => {
    const list = await listOf([]);
    const late = now + 3_601;
    expect(await verdict(good.certificates, now, { revocation: () => undefined })).toBe('revocation_status_unknown');
    expect(await verdict(good.certificates, late, { revocation: () => list })).toBe('revocation_status_unknown');
    expect(await verdict(good.certificates, late, { revocation: () => list, unknownStatus: 'accept' })).toBe(
      'helper_agent_001',
    );
  });

  test('is looked up on the CRL every time, also when its signatures are known', async () => {
    let list = await listOf([]);
    const verify = createCertificateVerifier({ caCertificate: authority.certificate, revocation: () => list });
    await verify(good.certificates, now);
    list = await listOf([good.serials[1]]);
    await expect(verify(good.certificates, now)).rejects.toThrow(/certificate_revoked/);
  });
});

describe('a CRL', () => {
  async function signedBy(by: Authority, at = now): Promise<Bytes> {
    return issueRevocationList(by, { number: 1, thisUpdate: at, nextUpdate: at + 3_600, revoked: [] });
  }

  test('of another CA is refused', async () => {
    await expect(readRevocationList(await signedBy(other), authority.certificate, now)).rejects.toThrow(
      /revocation_status_unknown/,
    );
  });

  test('from the future is refused', async () => {
    const der = await signedBy(authority, now + 301);
    await expect(readRevocationList(der, authority.certificate, now)).rejects.toThrow(/revocation_status_unknown/);
  });

  test('with any bit of what no signature covers changed is refused: DER has one way to write it', async () => {
    for (let lists = 0; lists < 4; lists++) {
      const der = await signedBy(authority);
      for (const changed of sampled(endingsOf(der))) {
        const reading = readRevocationList(changed, authority.certificate, now);
        await expect(reading, toHex(changed)).rejects.toThrow(ParleyError);
      }
    }
  });

  test('with any byte changed is refused', async () => {
    const der = await signedBy(authority);
    await fc.assert(
      fc.asyncProperty(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), async (position, mask) => {
        const changed = der.map((byte, i) => (i === position ? byte ^ mask : byte));
        await expect(readRevocationList(changed, authority.certificate, now)).rejects.toThrow(ParleyError);
      }),
      { numRuns: 60 },
    );
  });
});

/** A certificate or list with each bit of its last 90 bytes, algorithm and signature, flipped in turn. */
function endingsOf(der: Bytes): readonly Bytes[] {
  return Array.from({ length: 90 }, (_, back) => der.length - 1 - back).flatMap((position) =>
    [1, 2, 4, 8, 16, 32, 64, 128].map((mask) => der.map((byte, i) => (i === position ? byte ^ mask : byte))),
  );
}

/** Returns all of them in `npm run test:slow`, otherwise 40 of them, others at each run. A failure shows its bytes. */
function sampled(endings: readonly Bytes[]): readonly Bytes[] {
  return inject('exhaustive') ? endings : fc.sample(fc.constantFrom(...endings), 40);
}
