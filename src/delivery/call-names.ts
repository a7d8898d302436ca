const calls = [
  ['token', 'POST', /^\/token$/],
  ['revoke_token', 'POST', /^\/token\/revoke$/],
  ['put_key_packages', 'PUT', /^\/key-packages$/],
  ['take_key_package', 'POST', /^\/key-packages\/[^/]*\/take$/],
  ['append', 'POST', /^\/groups\/[^/]*\/entries$/],
  ['entries', 'GET', /^\/groups\/[^/]*\/entries$/],
  ['read', 'POST', /^\/groups\/[^/]*\/read$/],
  ['inbox', 'GET', /^\/inbox$/],
  ['read_inbox', 'POST', /^\/inbox\/read$/],
  ['events', 'GET', /^\/events$/],
] as const;

/** The calls of the delivery service, as a log and metrics name them. */
export type DeliveryCallName = (typeof calls)[number][0] | 'none';

/** Every name of a call: none holds anything that a client chooses. */
export const deliveryCallNames: readonly DeliveryCallName[] = [...calls.map(([name]) => name), 'none'];

/** Returns the name of a call by its method and path; `none` for one that there is not. */
export function callOf(method: string, path: string): DeliveryCallName {
  const under = path.replace(/^\/delivery/, '');
  return calls.find(([, asked, pattern]) => asked === method && pattern.test(under))?.[0] ?? 'none';
}
