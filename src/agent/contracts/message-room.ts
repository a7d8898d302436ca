/** UTF-8 bytes of canonical JSON that fit into a plaintext of 16 MiB (protocol page, section 4.1), with room for the payload's other members. */
export const largestValueBytes = 16 * 1024 * 1024 - 4_096;
