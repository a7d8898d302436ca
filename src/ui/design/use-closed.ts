import { useState } from 'react';

/**
 * Returns whether a person has closed the notice of `subject`, how they close it, and how it opens again. Once there is no subject this
 * is forgotten: what ends and begins again is told again, also when it is the same.
 */
export function useClosed(subject: string | undefined) {
  const [closed, setClosed] = useState<string>();
  if (subject === undefined && closed !== undefined) setClosed(undefined);
  return {
    isClosed: subject !== undefined && closed === subject,
    close: () => setClosed(subject),
    open: () => setClosed(undefined),
  };
}
