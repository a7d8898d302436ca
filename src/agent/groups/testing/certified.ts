import { acceptPair } from '../../../pki/accept-pair.ts';
import { createCaCertificate, issueCertificates } from '../../../pki/authority.ts';
import { readCaCertificate } from '../../../pki/ca-certificate.ts';
import type { Bytes } from '../../../protocol/bytes.ts';
import { isAgentId } from '../../../protocol/ids.ts';
import { generateRsa } from '../../testing/world.ts';
import { LeafIdentities } from '../identity/leaf-identities.ts';

const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
/** RSA pairs for signing and encryption, as an agent has them. */
export const rsaPairs = () => Promise.all([generateRsa('signing', 2_048), generateRsa('encryption', 2_048)]);
const usualPairs = await rsaPairs();
const spki = async ({ publicKey }: CryptoKeyPair): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));

/**
 * What makes the leaves of an agent whose certificate begins at `now` (Unix seconds) and lasts `lifetime` seconds. `clock` gives milliseconds.
 * All have the same RSA keys unless some are given.
 */
export async function certifiedAgent(
  name: string,
  now: number,
  lifetime: number,
  clock: () => number,
  rsa = usualPairs,
) {
  if (!isAgentId(name)) throw new TypeError(`${name} is no agent_id.`);
  const ca = await createCaCertificate({ keys, name: 'Parley', lifetime: 10 * 365 * 86_400, now, random });
  const [signing, encryption] = rsa;
  const subject = {
    agentId: name,
    address: 'https://agents.test',
    signingSpki: await spki(signing),
    encryptionSpki: await spki(encryption),
    crlUrl: 'https://controller.test/controller/crl',
    lifetime,
  };
  const issue = (at: number) =>
    issueCertificates({ signingKey: keys.privateKey, certificate: ca }, subject, { now: at, random });
  const own = { agentId: name, certificates: (await issue(now)).certificates, signingKey: signing.privateKey };
  const accepted = await acceptPair(readCaCertificate(ca), own.certificates);
  if (accepted === undefined) throw new TypeError('The certificates are none.');
  return {
    ca,
    own,
    /** The agent as its peers know it. */
    identity: accepted.identity,
    identities: new LeafIdentities({
      own,
      environment: { subtle: crypto.subtle, now: clock },
      keepsKeysAsFiles: false,
    }),
    /** Gives the agent a certificate that begins at `at`. */
    async renew(at: number) {
      own.certificates = (await issue(at)).certificates;
    },
  };
}
