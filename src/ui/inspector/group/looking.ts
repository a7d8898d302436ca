import type { GroupView } from '../../../agent/contracts/group-views.ts';

/** What of a group's epochs is looked at. The address of the page holds it. */
export interface LookingAtGroup {
  /** The newest one when absent. */
  readonly epoch?: number;
  /** A member, or one that was. */
  readonly who?: string;
  /** A node of the tree by its index, or a secret of the key schedule by its name. */
  readonly open?: string;
}

/** What a view of a group's epochs is given. */
export interface GroupInspectorProps {
  readonly group: GroupView;
  readonly looking: LookingAtGroup;
  readonly look: (looking: LookingAtGroup) => void;
}
