import type { Json } from '../contracts/views.ts';

/** Returns about how many bytes a JSON value takes in memory. */
export function jsonWeight(value: Json): number {
  if (typeof value === 'string') return 32 + value.length;
  if (typeof value !== 'object' || value === null) return 16;
  if (isList(value)) return value.reduce((sum: number, item) => sum + jsonWeight(item), 32);
  return Object.entries(value).reduce((sum, [name, item]) => sum + name.length + jsonWeight(item), 64);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
