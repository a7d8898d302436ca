const final: readonly string[] = ['certificate_revoked', 'unknown_agent', 'signature_invalid'];

/**
 * True for a code after which a relay never takes this agent with these keys. Every other refusal, one of a later version
 * too, may pass: the agent tries again.
 */
export function isFinalRefusal(code: string): boolean {
  return final.includes(code);
}
