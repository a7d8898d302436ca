import './party.css';

/** How a party is drawn everywhere. `colour` and `soft` are CSS values. */
export interface Party {
  readonly name: string;
  readonly shape: Shape;
  readonly colour: string;
  readonly soft: string;
}

type Shape =
  | 'diamond'
  | 'disc'
  | 'square'
  | 'ring'
  | 'triangle'
  | 'hexagon'
  | 'pentagon'
  | 'cross'
  | 'bar'
  | 'triangle-down';

/** The outline of each shape in a box of 12 by 12, as the `d` of a path that is filled by the even-odd rule. */
export const shapePaths: Readonly<Record<Shape, string>> = {
  diamond: 'M6 0.5 11.5 6 6 11.5 0.5 6Z',
  disc: 'M6 1a5 5 0 1 0 0 10a5 5 0 1 0 0-10Z',
  square: 'M1.5 1.5h9v9h-9Z',
  ring: 'M6 1a5 5 0 1 0 0 10a5 5 0 1 0 0-10ZM6 2.6a3.4 3.4 0 1 1 0 6.8a3.4 3.4 0 1 1 0-6.8Z',
  triangle: 'M6 1 11.5 10.8H0.5Z',
  'triangle-down': 'M6 11 0.5 1.2h11Z',
  hexagon: 'M3.2 1h5.6L11.6 6 8.8 11H3.2L0.4 6Z',
  pentagon: 'M6 0.6 11.5 4.7 9.4 11.2H2.6L0.5 4.7Z',
  cross: 'M4 0.8h4V4h3.2v4H8v3.2H4V8H0.8V4H4Z',
  bar: 'M0.6 3h10.8v6H0.6Z',
};

const named = (name: string, shape: Shape, variable: string): Party => ({
  name,
  shape,
  colour: `var(--${variable})`,
  soft: `var(--${variable}-soft)`,
});

/** Whoever watches the network. */
export const observerParty = named('Observer', 'ring', 'observer');
/** Who issues certificates. */
export const controllerParty = named('Controller', 'square', 'controller');
/** Who orders and stores what groups say. */
export const serviceParty = named('Delivery service', 'square', 'controller');
/** Whoever sits on the line and changes what passes. */
export const attackerParty = named('Attacker', 'triangle', 'attacker');

/** Shapes and colours of agents that are neither Traveller nor Helper: seven by five, so that two rarely look the same. */
const otherShapes: readonly Shape[] = ['hexagon', 'pentagon', 'cross', 'bar', 'triangle-down', 'square', 'disc'];
const otherColours = 5;

/** Returns the party that an agent is: Traveller and Helper by name, any other by a stable hash of its id. */
export function partyOf(agentId: string): Party {
  if (/^traveller_agent_\d+$/.test(agentId)) return named('Traveller', 'diamond', 'traveller');
  if (/^helper_agent_\d+$/.test(agentId)) return named('Helper', 'disc', 'helper');
  const hash = stableHash(agentId);
  const shape = otherShapes[hash % otherShapes.length] ?? 'hexagon';
  return named(agentId, shape, `party-${1 + (Math.floor(hash / otherShapes.length) % otherColours)}`);
}

/** Returns the colour of an agent as a CSS value. */
export function partyColour(agentId: string): string {
  return partyOf(agentId).colour;
}

/** Shows the mark of an agent, in its shape and colour. Decorative: its name is always written beside it. */
export function PartyMark({ agentId }: { readonly agentId: string }) {
  return <Mark party={partyOf(agentId)} />;
}

/** Shows the mark of an observer of the network. */
export function ObserverMark() {
  return <Mark party={observerParty} />;
}

/** Shows the mark of any party. Decorative: its name is always written beside it. */
export function Mark({ party }: { readonly party: Party }) {
  return (
    <svg
      className="party-mark"
      viewBox="0 0 12 12"
      aria-hidden="true"
      focusable="false"
      style={{ color: party.colour }}
    >
      <path d={shapePaths[party.shape]} fillRule="evenodd" />
    </svg>
  );
}

/** Returns FNV-1a, 32 bits: a spread of short names, nothing more. */
function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash ^= character.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash;
}
