import { toHex } from '../bytes.ts';
import { withGathered } from '../scratch-buffer.ts';

const aesKey = new Uint8Array(32).fill(1);
const iv = new Uint8Array(12).fill(2);

/**
 * What AES-GCM, SHA-256, HMAC and Ed25519 make of gathered inputs whose buffer is overwritten as soon as each call has
 * returned its promise, and what they make of inputs that stay.
 */
export async function outcomesWithInputsOverwritten(size: number) {
  const { subtle } = crypto;
  const data = new Uint8Array(size).fill(3);
  const key = await subtle.importKey('raw', aesKey, 'AES-GCM', false, ['encrypt', 'decrypt']);
  const macKey = await subtle.importKey('raw', aesKey, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
  const pair = await subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  const gcm = { name: 'AES-GCM', iv, additionalData: iv };
  const sealed = new Uint8Array(await subtle.encrypt(gcm, key, data));
  const signature = new Uint8Array(await subtle.sign('Ed25519', pair.privateKey, data));
  const hex = (buffer: ArrayBuffer) => toHex(new Uint8Array(buffer));
  const overwritten = [
    await withGathered((gather) =>
      subtle.encrypt({ name: 'AES-GCM', iv: gather(iv), additionalData: gather(iv) }, key, gather(data)),
    ).then(hex),
    await withGathered((gather) =>
      subtle.decrypt({ name: 'AES-GCM', iv: gather(iv), additionalData: gather(iv) }, key, gather(sealed)),
    ).then(hex),
    await withGathered((gather) => subtle.digest('SHA-256', gather(data))).then(hex),
    await withGathered((gather) => subtle.sign('HMAC', macKey, gather(data))).then(hex),
    await withGathered((gather) => subtle.sign('Ed25519', pair.privateKey, gather(data))).then(hex),
    await withGathered((gather) => subtle.verify('Ed25519', pair.publicKey, gather(signature), gather(data))),
  ];
  const kept = [
    hex(sealed.buffer),
    hex(data.buffer),
    hex(await subtle.digest('SHA-256', data)),
    hex(await subtle.sign('HMAC', macKey, data)),
    hex(signature.buffer),
    true,
  ];
  return { overwritten, kept };
}
