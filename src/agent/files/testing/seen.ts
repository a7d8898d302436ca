import type { FileView } from '../../contracts/file-views.ts';
import type { Pair, Who } from '../../testing/pair.ts';

/** Returns how the two agents of a pair show files, and what waits for it while time passes. */
export function seenIn(pair: () => Pair) {
  const seenBy = (who: Who, id: string) =>
    pair()
      .agent(who)
      .snapshot()
      .files.find((file) => file.id === id);
  const shows = (who: Who, id: string, look: (file: FileView) => boolean) =>
    pair().passing(() => {
      const file = seenBy(who, id);
      return file !== undefined && look(file) ? file : undefined;
    });
  const statusOf = (who: Who, id: string, status: FileView['status']) =>
    shows(who, id, (file) => file.status === status);
  return { seenBy, shows, statusOf };
}
