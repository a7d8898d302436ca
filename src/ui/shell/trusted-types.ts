interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown;
}

/**
 * Where a server asks for Trusted Types, scripts may come from this origin alone, and no text becomes markup or code: there is
 * one policy, and it can only make the addresses of workers.
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
