import { formatSize } from '../../../design/format.ts';

/** Bytes of an attachment at most: 1 MiB (protocol page, section 4.2). */
const mostBytes = 1_048_576;

/** Returns why a file cannot be attached; undefined when it can. */
export function problemOfFile({ name, size }: Pick<File, 'name' | 'size'>): string | undefined {
  return size > mostBytes
    ? `“${name}” has ${formatSize(size)}. A file in a group has at most ${formatSize(mostBytes)} (1 MiB); send it to each member as a file instead.`
    : undefined;
}
