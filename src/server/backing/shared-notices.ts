import * as v from 'valibot';
import { createNoticeHub, type NoticeHub } from '../../delivery/notice-hub.ts';
import type { DeliveryNews } from '../../delivery/notices.ts';
import { agentId } from '../../protocol/wire/members.ts';
import type { Seal } from '../../storage/nats/seal.ts';
import { sharedTopic, type TopicLink } from './shared-topic.ts';

/** Agents that one message to the other servers names. */
const mostNamed = 1_000;

const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const news = v.strictTuple([
  agentId,
  v.strictObject({
    inbox: v.exactOptional(index),
    group: v.exactOptional(v.strictTuple([v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)), index])),
  }),
]);
const message = v.object({ news: v.pipe(v.array(news), v.maxLength(mostNamed)) });

/**
 * Creates a hub whose authenticated notices reach every server of a group: those of one turn of the event loop, such as a message to all
 * members, in one message. Notices of the time without NATS are lost; an agent finds what is new when it reads again.
 */
export function sharedNoticeHub(link: TopicLink, seal: Seal): NoticeHub {
  const here = createNoticeHub();
  const topic = { subject: 'parley.notices', place: 'notices', schema: message };
  const others = sharedTopic(link, seal, topic, (heard) => {
    for (const [id, what] of heard.news) here.changed(id, what);
  });
  let gathered: v.InferInput<typeof news>[] = [];
  const tell = () => {
    const all = gathered;
    gathered = [];
    for (let from = 0; from < all.length; from += mostNamed) {
      const part = v.safeParse(v.array(news), all.slice(from, from + mostNamed));
      if (part.success) others.tell({ news: part.output });
    }
  };
  return {
    subscribe: here.subscribe,
    changed: (id: string, what: DeliveryNews) => {
      here.changed(id, what);
      if (gathered.length === 0) setImmediate(tell);
      const { inbox, group } = what;
      const copy: [string, number] | undefined = group === undefined ? undefined : [group[0], group[1]];
      gathered.push([
        id,
        { ...(inbox === undefined ? {} : { inbox }), ...(copy === undefined ? {} : { group: copy }) },
      ]);
    },
  };
}
