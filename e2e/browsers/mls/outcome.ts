import * as v from 'valibot';

const provider = v.picklist(['platform', 'javascript']);

/** How the histories go: the next one's seed, what all of them were, or the first thing that did not hold, with its seed. */
export const outcomeShape = v.variant('type', [
  v.object({ type: v.literal('playing'), seed: v.number() }),
  v.object({
    type: v.literal('played'),
    histories: v.number(),
    epochs: v.number(),
    joins: v.number(),
    messages: v.number(),
    mostMembers: v.number(),
    /** Who computed the KEM of the product's suite. */
    xWing: provider,
    /** Who computes that of suite 0x0001. */
    x25519: provider,
    ms: v.number(),
  }),
  v.object({ type: v.literal('failed'), message: v.string() }),
]);

/** One of `outcomeShape`. */
export type Outcome = v.InferOutput<typeof outcomeShape>;
