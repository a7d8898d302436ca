/** How fast a walk plays; at 1 a sentence stays as long as a reader of English as a second language needs for it. */
export const speeds = [0.5, 1, 2] as const;
export type Speed = (typeof speeds)[number];

/** A walk through the steps of a diagram: where it stands, and what can be asked of it. */
export interface Stepper {
  /** The index of the current step; absent while the diagram is shown as a whole. */
  readonly at: number | undefined;
  readonly isPlaying: boolean;
  readonly speed: Speed;
  setSpeed(speed: Speed): void;
  /** Goes to the step before or after; from the whole diagram, to its last or first. */
  move(by: 1 | -1): void;
  /** Goes to the message before or after. */
  moveToMessage(by: 1 | -1): void;
  first(): void;
  last(): void;
  /** Plays from the current step, or from the first; or pauses. */
  toggle(): void;
  /** Shows the whole diagram. */
  leave(): void;
}
