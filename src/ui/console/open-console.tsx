import { useHosted } from '../state/hosted.ts';
import { consoleStoreOf } from './console-store.ts';

/** Opens the console from a menu, where its line at the foot of the agent is folded away. */
export function OpenConsole() {
  const { agentId } = useHosted();
  return (
    <button
      type="button"
      className="button fold-only"
      onClick={({ currentTarget }) => {
        currentTarget.closest<HTMLElement>('[popover]')?.hidePopover();
        consoleStoreOf(agentId).setState({ open: true });
      }}
    >
      Console <kbd>`</kbd>
    </button>
  );
}
