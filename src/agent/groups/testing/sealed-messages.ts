import { decodeMlsMessage } from '../../../mls/structures/mls-message.ts';
import { type Bytes, toHex } from '../../../protocol/bytes.ts';

/** Every message of groups that left an agent, and the key it was sealed with: each generation of MLS has a key of its own. */
export class SealedMessages {
  /** Keys of AES in hex that were imported to seal with. */
  readonly #keys = new WeakMap<CryptoKey, string>();
  /** The key that made a ciphertext, both in hex. */
  readonly #keyOf = new Map<string, string>();
  /** Ciphertexts by the key that made them. */
  readonly #appended = new Map<string, Set<string>>();

  imported(key: CryptoKey, bytes: Bytes): void {
    this.#keys.set(key, toHex(bytes));
  }

  sealed(key: CryptoKey, ciphertext: Bytes): void {
    const bytes = this.#keys.get(key);
    if (bytes !== undefined) this.#keyOf.set(toHex(ciphertext), bytes);
  }

  /** Takes what an agent has sent to be appended. Throws when its key has sealed another message. */
  appended(message: Bytes): void {
    const decoded = decodeMlsMessage(message);
    if (decoded.wireFormat !== 'mls_private_message') throw new Error('Only PrivateMessages are appended.');
    const ciphertext = toHex(decoded.privateMessage.ciphertext);
    const key = this.#keyOf.get(ciphertext);
    if (key === undefined) throw new Error('A message was appended that nobody has sealed.');
    const others = this.#appended.get(key) ?? new Set();
    this.#appended.set(key, others.add(ciphertext));
    if (others.size > 1) throw new Error('A key and generation have sealed two messages.');
  }

  /** How many different messages were sent. */
  get count(): number {
    return this.#appended.size;
  }
}
