import { JetStreamApiError, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';

/** JetStream's codes for a stream and for a message that do not exist (JSStreamNotFoundErr, JSNoMessageFoundErr). */
const streamNotFound = 10_059;
const noMessageFound = 10_037;

/** Returns the state of a bucket; undefined when NATS has none of this name. */
export async function bucketInfo(manager: JetStreamManager, bucket: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(`KV_${bucket}`);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === streamNotFound) return undefined;
    throw error;
  }
}

/** Returns the revision of the newest message of a key as NATS's leader knows it; 0 for none. */
export async function newestRevision(manager: JetStreamManager, bucket: string, key: string): Promise<number> {
  try {
    const subject = `$KV.${bucket}.${key}`;
    return (await manager.streams.getMessage(`KV_${bucket}`, { last_by_subj: subject }))?.seq ?? 0;
  } catch (error) {
    const isMissing = error instanceof JetStreamApiError && [streamNotFound, noMessageFound].includes(error.code);
    if (isMissing) return 0;
    throw error;
  }
}
