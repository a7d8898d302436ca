import type { FileView } from '../../../../agent/contracts/file-views.ts';

/** A file that helper offers, as `change` has it. */
export function fileView(change: Partial<FileView> = {}): FileView {
  return {
    id: 'f'.repeat(32),
    peerId: 'helper_agent_001',
    direction: 'incoming',
    name: 'report.pdf',
    mediaType: 'application/pdf',
    size: 200_000_000,
    at: 1_790_000_000_000,
    status: 'offered',
    moved: 0,
    ...change,
  };
}
