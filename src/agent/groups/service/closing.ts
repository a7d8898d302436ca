import { asParleyError } from '../../../protocol/errors.ts';
import type { Scheduler } from '../../contracts/ports.ts';
import type { DeliveryHttp } from './delivery-http.ts';
import type { DeliveryService } from './delivery-service.ts';

/** Milliseconds for which a stopping agent waits for calls under way, and for its token to be ended. */
const [callsMs, tokenMs] = [3_000, 1_000];

/** What is closed. */
export interface ClosingDeps {
  readonly http: Pick<DeliveryHttp, 'close' | 'end' | 'settled'>;
  readonly service: Pick<DeliveryService, 'revokeToken'>;
  readonly scheduler: Scheduler;
}

/**
 * Ends the calls of the delivery service, since the agent stops: no new one is made, an append under way is waited for, the token is
 * ended, and what takes longer is aborted: an append is repeated at the next start with the same bytes. Never rejects.
 */
export async function closeService({ http, service, scheduler }: ClosingDeps): Promise<void> {
  const within = async (ms: number, work: Promise<unknown>) => {
    const late = Promise.withResolvers<void>();
    const timer = scheduler.after(ms, late.resolve);
    await Promise.race([work, late.promise]);
    timer.cancel();
  };
  http.close();
  await within(callsMs, http.settled());
  // One that cannot be ended ends by itself within the hour.
  await within(
    tokenMs,
    service.revokeToken().catch((cause: unknown) => void asParleyError(cause)),
  );
  http.end();
  await http.settled();
}
