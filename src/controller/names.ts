import * as v from 'valibot';

/** The base URL of a Controller as an agent names it in what it signs. */
export const controllerName = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
