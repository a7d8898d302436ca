/** Milliseconds that a rate is about. */
const spanMs = 5_000;

/** How fast something moves, over the last 5 seconds. */
export class Rate {
  #samples: { readonly at: number; readonly moved: number }[] = [];

  /** Notes that `moved` bytes have moved in all at a time in milliseconds. */
  note(at: number, moved: number): void {
    this.#samples = this.#samples.filter((sample) => sample.at > at - spanMs && sample.moved <= moved);
    this.#samples.push({ at, moved });
  }

  /** Returns bytes a second; undefined while there is too little to tell. */
  get perSecond(): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.at <= first.at) return undefined;
    return Math.round((1_000 * (last.moved - first.moved)) / (last.at - first.at));
  }
}
