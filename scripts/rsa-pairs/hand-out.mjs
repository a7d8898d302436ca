/**
 * Makes `SubtleCrypto.generateKey` of this thread hand out RSA pairs that were made before, with the algorithm, the uses
 * and the extractability that were asked for. Where `next` has none, for another exponent, and for every other kind of
 * key it makes them as ever. Runs in Node and, as its text, in a browser's worker.
 *
 * @param {(bits: number) => Promise<import('./stock.mjs').StoredPair | undefined>} next the next pair of so many bits
 */
export function handOutRsaPairs(next) {
  /** @type {any} */
  const prototype = SubtleCrypto.prototype;
  const { generateKey } = prototype;
  const uses = { private: ['sign', 'decrypt', 'unwrapKey'], public: ['verify', 'encrypt', 'wrapKey'] };

  /** @param {any} algorithm */
  const isUsual = (algorithm) =>
    typeof algorithm === 'object' &&
    /^RSA-(PSS|OAEP)$/.test(algorithm.name) &&
    String(algorithm.publicExponent) === '1,0,1';
  const bytesOf = (/** @type {string} */ base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

  /** @this {SubtleCrypto} @param {any} algorithm @param {boolean} extractable @param {KeyUsage[]} usages */
  prototype.generateKey = async function (algorithm, extractable, usages) {
    const pair = isUsual(algorithm) ? await next(algorithm.modulusLength) : undefined;
    if (pair === undefined) return generateKey.call(this, algorithm, extractable, usages);
    const { name, hash } = algorithm;
    const ofPrivate = usages.filter((use) => uses.private.includes(use));
    const ofPublic = usages.filter((use) => uses.public.includes(use));
    const [privateKey, publicKey] = await Promise.all([
      this.importKey('pkcs8', bytesOf(pair.pkcs8), { name, hash }, extractable, ofPrivate),
      this.importKey('spki', bytesOf(pair.spki), { name, hash }, true, ofPublic),
    ]);
    return { privateKey, publicKey };
  };
}
