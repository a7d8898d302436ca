import type { ParleyAgent } from './agent.ts';
import type { AgentOptions } from './agent-options.ts';
import type { AnyFunction, AnyMethods, MethodsOf } from './typed-methods.ts';

/** Opens agents. */
export interface OpenAgent {
  /**
   * Opens an agent: makes its keys and registers it the first time, then waits until it is reachable. `M` are the methods that it
   * answers, as an interface or a type; without it, parameters are `Json`.
   */
  <M extends MethodsOf<M> = AnyMethods>(options: AgentOptions<NoInfer<M>>): Promise<ParleyAgent<M>>;
  /** Opens an agent whose handlers say their own types. */
  <Handlers extends Readonly<Record<string, AnyFunction>>>(
    options: Omit<AgentOptions, 'methods'> & { readonly methods: Handlers & MethodsOf<Handlers> },
  ): Promise<ParleyAgent>;
}
