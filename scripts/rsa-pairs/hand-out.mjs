/**
 * Makes `SubtleCrypto.generateKey` of this thread hand out stored RSA pairs, one after the other and then again from the
 * first, with the algorithm, the uses and the extractability that were asked for. Pairs of other bits, with another
 * exponent, and every other kind of key are made as ever. Runs in Node and, as its text, in a browser's worker.
 *
 * @param {Record<string, readonly { readonly pkcs8: string, readonly spki: string }[]>} stored by their bits; DER in base64
 */
export function handOutRsaPairs(stored) {
  /** @type {any} */
  const prototype = SubtleCrypto.prototype;
  const { generateKey } = prototype;
  /** @type {Record<string, number>} */
  const given = {};
  const uses = { private: ['sign', 'decrypt', 'unwrapKey'], public: ['verify', 'encrypt', 'wrapKey'] };

  /** @param {any} algorithm */
  const next = (algorithm) => {
    if (typeof algorithm !== 'object' || !/^RSA-(PSS|OAEP)$/.test(algorithm.name)) return undefined;
    if (String(algorithm.publicExponent) !== '1,0,1') return undefined;
    const pairs = stored[algorithm.modulusLength] ?? [];
    const at = given[algorithm.modulusLength] ?? 0;
    given[algorithm.modulusLength] = at + 1;
    return pairs[at % pairs.length];
  };
  const bytesOf = (/** @type {string} */ base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

  /** @this {SubtleCrypto} @param {any} algorithm @param {boolean} extractable @param {KeyUsage[]} usages */
  prototype.generateKey = async function (algorithm, extractable, usages) {
    const pair = next(algorithm);
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
