/** Registrations under way at one Controller at once. */
const mostUnderWay = 1_000;
/** Part of them that one address may have. */
const mostOfAddress = 100;

interface Waiting {
  readonly id: string;
  readonly address: string;
  /** Unix seconds. */
  readonly expiresAt: number;
}

/**
 * Who has registrations under way, so that nobody keeps the others out: one key has one, and an address that has its share
 * loses its own oldest. When all places are taken the address that has most of them loses its oldest.
 */
export class UnderWay {
  /** By keyId, the oldest first. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #ofAddress = new Map<string, number>();

  /** Takes a registration in, in place of that of the same key; returns the ids of those that give way to it. */
  add(keyId: string, waiting: Waiting, now: number): string[] {
    const out: string[] = [];
    this.#remove(keyId);
    for (const [key, { expiresAt }] of this.#waiting) {
      if (expiresAt >= now) break;
      this.#remove(key);
    }
    if ((this.#ofAddress.get(waiting.address) ?? 0) >= mostOfAddress) out.push(...this.#removeOldest(waiting.address));
    if (this.#waiting.size >= mostUnderWay) out.push(...this.#removeOldest(this.#busiest()));
    this.#waiting.set(keyId, waiting);
    this.#ofAddress.set(waiting.address, (this.#ofAddress.get(waiting.address) ?? 0) + 1);
    return out;
  }

  /** Forgets a registration that has come to its end. */
  end(keyId: string, id: string): void {
    if (this.#waiting.get(keyId)?.id === id) this.#remove(keyId);
  }

  #removeOldest(address: string): string[] {
    for (const [keyId, waiting] of this.#waiting) {
      if (waiting.address !== address) continue;
      this.#remove(keyId);
      return [waiting.id];
    }
    return [];
  }

  #remove(keyId: string): void {
    const waiting = this.#waiting.get(keyId);
    if (waiting === undefined) return;
    this.#waiting.delete(keyId);
    const left = (this.#ofAddress.get(waiting.address) ?? 1) - 1;
    if (left === 0) this.#ofAddress.delete(waiting.address);
    else this.#ofAddress.set(waiting.address, left);
  }

  #busiest(): string {
    let busiest = '';
    let most = 0;
    for (const [address, count] of this.#ofAddress) {
      if (count > most) [busiest, most] = [address, count];
    }
    return busiest;
  }
}
