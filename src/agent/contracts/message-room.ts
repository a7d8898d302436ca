/** UTF-8 bytes of canonical JSON that fit into an envelope after padding and base64, with room for the payload's other members. */
export const largestValueBytes = 18_350_080 - 4_096;
