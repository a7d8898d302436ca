import { toHex } from '../bytes.ts';
import { ScratchBuffer } from '../scratch-buffer.ts';

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
    await ScratchBuffer.use((scratch) =>
      subtle.encrypt(
        { name: 'AES-GCM', iv: scratch.concat(iv), additionalData: scratch.concat(iv) },
        key,
        scratch.concat(data),
      ),
    ).then(hex),
    await ScratchBuffer.use((scratch) =>
      subtle.decrypt(
        { name: 'AES-GCM', iv: scratch.concat(iv), additionalData: scratch.concat(iv) },
        key,
        scratch.concat(sealed),
      ),
    ).then(hex),
    await ScratchBuffer.use((scratch) => subtle.digest('SHA-256', scratch.concat(data))).then(hex),
    await ScratchBuffer.use((scratch) => subtle.sign('HMAC', macKey, scratch.concat(data))).then(hex),
    await ScratchBuffer.use((scratch) => subtle.sign('Ed25519', pair.privateKey, scratch.concat(data))).then(hex),
    await ScratchBuffer.use((scratch) =>
      subtle.verify('Ed25519', pair.publicKey, scratch.concat(signature), scratch.concat(data)),
    ),
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
