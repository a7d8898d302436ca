import { shapePaths } from '../../design/party.tsx';

/** Says what the marks of the tree mean. */
export function TreeLegend({ who }: { readonly who: string | undefined }) {
  return (
    <ul className="tree-legend muted small" aria-label="What the marks mean">
      <li>
        <Sign held /> {who ?? 'this agent'} holds the secret
      </li>
      <li>
        <Sign lit /> renewed by this commit
      </li>
      <li>
        <Sign sealed /> a renewed secret was encrypted to its key
      </li>
      <li>
        <Sign blank /> blank: no key
      </li>
    </ul>
  );
}

interface SignProps {
  readonly held?: boolean;
  readonly lit?: boolean;
  readonly sealed?: boolean;
  readonly blank?: boolean;
}

function Sign({ held, lit, sealed, blank }: SignProps) {
  return (
    <span
      className="tree-node tree-sign"
      data-kind={blank === true ? 'blank' : 'parent'}
      data-held={held}
      data-lit={lit}
      data-sealed={sealed}
    >
      <svg className="tree-glyph" viewBox="-2 -2 16 16" aria-hidden="true" focusable="false">
        <path d={shapePaths.hexagon} />
        {held === true && <circle className="tree-held" cx="6" cy="6" r="2" />}
      </svg>
    </span>
  );
}
