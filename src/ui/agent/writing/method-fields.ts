import { readJson } from './read-json.ts';

/** A parameter of a known method. All of them are texts. */
export interface MethodField {
  readonly name: string;
  /** What is written into it, in a few words. */
  readonly about: string;
}

/** The parameters of the methods that every agent answers. */
const known: Readonly<Record<string, readonly MethodField[]>> = {
  send_request: [{ name: 'query', about: 'what you ask' }],
  echo: [{ name: 'text', about: 'what comes back' }],
  ping: [],
  count: [],
  tell: [],
};

/** Returns the parameters of a method; undefined for a method that is not known. */
export function fieldsOf(method: string): readonly MethodField[] | undefined {
  return Object.hasOwn(known, method) ? known[method] : undefined;
}

/** Returns the JSON of the parameters that a method starts with: its fields, empty. */
export function startingParameters(method: string): string {
  return parametersFrom(Object.fromEntries((fieldsOf(method) ?? []).map(({ name }) => [name, ''])));
}

/** Returns the JSON of parameters whose values are texts. */
export function parametersFrom(values: Readonly<Record<string, string>>): string {
  const members = Object.entries(values).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{${members.join(', ')}}`;
}

/** Returns what JSON of parameters says in fields; undefined when it says anything that these fields cannot show. */
export function readFields(fields: readonly MethodField[], json: string): Readonly<Record<string, string>> | undefined {
  const read = readJson(json);
  if (!read.ok || typeof read.value !== 'object' || read.value === null || Array.isArray(read.value)) return undefined;
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(read.value)) {
    if (typeof value !== 'string' || !fields.some((field) => field.name === name)) return undefined;
    values[name] = value;
  }
  return values;
}
