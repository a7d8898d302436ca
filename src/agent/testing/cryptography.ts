let underWay = 0;

/**
 * Operations of this thread's cryptography that are under way, whoever asked for them. The certificates' library asks the platform by
 * itself, so what an agent is handed shows only a part.
 */
export function cryptographyUnderWay(): number {
  return underWay;
}

function done(): void {
  underWay -= 1;
}

for (const name of Object.getOwnPropertyNames(SubtleCrypto.prototype)) {
  const { value: method } = Object.getOwnPropertyDescriptor(SubtleCrypto.prototype, name) ?? {};
  if (name === 'constructor' || typeof method !== 'function') continue;
  Object.defineProperty(SubtleCrypto.prototype, name, {
    configurable: true,
    writable: true,
    value(this: SubtleCrypto, ...given: unknown[]): unknown {
      const result: unknown = Reflect.apply(method, this, given);
      if (!(result instanceof Promise)) return result;
      underWay += 1;
      result.then(done, done);
      return result;
    },
  });
}
