interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown;
}

/**
 * Allows the workers of this origin where a server asks for Trusted Types: scripts may come from this origin alone,
 * and no text becomes markup or code.
 */
export function allowOwnWorkers(): void {
  const trustedTypes: TrustedTypes | undefined = Reflect.get(globalThis, 'trustedTypes');
  trustedTypes?.createPolicy('default', {
    createScriptURL: (url) => {
      if (new URL(url, location.href).origin === location.origin) return url;
      throw new TypeError('A worker of another origin is refused.');
    },
  });
}
