import { checkConfig } from "./check.js";
import { completed, planChange, settle } from "./plan.js";
import { Problem, type Provider, type Resource, Unfinished } from "./provider.js";
import { type Block, conform } from "./schema.js";
import { type DynamicValue, fromWire, toWire, type Values } from "./values.js";
import { wireSchemas } from "./wire-schema.js";

// biome-ignore lint/suspicious/noExplicitAny: requests and replies have the shapes that tfplugin6.ts declares
type Message = any;
type Call = (request: Message) => Message | Promise<Message>;

/** The client that the provider made when Terraform configured it. */
interface Session {
  client?: unknown;
}

/** The calls of the protocol's `Provider` service, answered by a provider's schema and functions. */
export function providerService(provider: Provider): Record<string, Call> {
  const stopping = new AbortController();
  const session: Session = {};
  const calls: Record<string, Call> = {
    GetProviderSchema: () => wireSchemas(provider),
    ...validationCalls(provider),
    ConfigureProvider(request) {
      session.client = provider.configure(fromWire(request.config), stopping.signal);
      return {};
    },
    ...resourceCalls(provider, session),
    async ApplyResourceChange(request) {
      const { type_name, prior_state, planned_state } = request;
      const resource = provider.resources[type_name]!;
      const change = { prior: fromWire(prior_state), planned: fromWire(planned_state) };
      return { ...(await apply(resource, change, session.client)), legacy_type_system: resource.legacy ?? false };
    },
    async ReadDataSource(request) {
      const { block, read } = provider.dataSources[request.type_name]!;
      return { state: reply(block, await read(fromWire(request.config), session.client)) };
    },
    async OpenEphemeralResource(request) {
      const { block, open } = provider.ephemeralResources![request.type_name]!;
      return { result: reply(block, await open(completed(block, fromWire(request.config)), session.client)) };
    },
    CloseEphemeralResource: () => ({}),
    StopProvider() {
      stopping.abort();
      return { error: "" };
    },
  };
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, explained(call)]));
}

function validationCalls(provider: Provider): Record<string, Call> {
  return {
    ValidateProviderConfig: ({ config }) => verdict(checkConfig("the provider", provider.block, fromWire(config))),
    ValidateResourceConfig: ({ type_name, config }) =>
      verdict(checkConfig(type_name, provider.resources[type_name]!.block, fromWire(config))),
    ValidateEphemeralResourceConfig({ type_name, config }) {
      const { block, validate } = provider.ephemeralResources![type_name]!;
      const values = fromWire(config);
      return verdict([...checkConfig(`ephemeral ${type_name}`, block, values), ...validate(values)]);
    },
    ValidateDataResourceConfig: ({ type_name, config }) =>
      verdict(checkConfig(`data ${type_name}`, provider.dataSources[type_name]!.block, fromWire(config))),
  };
}

function resourceCalls(provider: Provider, session: Session): Record<string, Call> {
  const resourceOf = (request: Message) => provider.resources[request.type_name]!;
  return {
    UpgradeResourceState: (request) => ({
      upgraded_state: reply(resourceOf(request).block, fromWire(request.raw_state as DynamicValue)),
    }),
    async ReadResource(request) {
      const { block, read } = resourceOf(request);
      const state = fromWire(request.current_state);
      const fresh = read ? await read(state, session.client) : state;
      return { new_state: reply(block, fresh), private: request.private };
    },
    PlanResourceChange(request) {
      const resource = resourceOf(request);
      const legacy_type_system = resource.legacy ?? false;
      const wanted = fromWire(request.proposed_new_state);
      if (wanted === null) return { planned_state: toWire(null), legacy_type_system };
      const { planned, replace } = planChange(resource, fromWire(request.prior_state), fromWire(request.config));
      return { planned_state: reply(resource.block, planned), requires_replace: replace.map(path), legacy_type_system };
    },
    async ImportResourceState(request) {
      const { block, importable } = resourceOf(request);
      if (!importable) throw new Problem(`stand-in provider: import of ${request.type_name} is not implemented here`);
      return { imported: [{ type_name: request.type_name, state: reply(block, { id: request.id }) }] };
    },
  };
}

/** Destroys, creates or updates a resource. A failed destruction keeps the old state, a failed update the new one. */
async function apply(
  resource: Resource<unknown>,
  { prior, planned }: { prior: Values | null; planned: Values | null },
  client: unknown,
): Promise<object> {
  if (planned === null) {
    const failed = await resource.destroy?.(prior!, client).then(() => null, diagnostics);
    return { new_state: toWire(failed ? prior : null), diagnostics: failed ?? [] };
  }
  const stateOf = (values: Values) => reply(resource.block, settle(resource, planned, values));
  if (prior !== null) {
    const failed = await resource.update?.(planned, prior, client).then(() => null, diagnostics);
    return { new_state: stateOf(planned), diagnostics: failed ?? [] };
  }
  try {
    return { new_state: stateOf(await resource.create(planned, client)) };
  } catch (error) {
    const begun = error instanceof Unfinished ? stateOf(error.state) : toWire(null);
    return { new_state: begun, diagnostics: diagnostics(error) };
  }
}

const reply = (block: Block, values: Values | null) =>
  toWire(values === null ? null : conform(block, values, { refused: true }));

/** Turns an error of a call into a diagnostic: Terraform shows those, but calls a failed RPC a crash. */
function explained(call: Call): Call {
  return async (request) => {
    try {
      return await call(request);
    } catch (error) {
      return { diagnostics: diagnostics(error) };
    }
  };
}

const verdict = (problems: Problem[]) => ({ diagnostics: problems.flatMap(diagnostics) });

function diagnostics(error: unknown): object[] {
  const cause = error instanceof Unfinished ? error.cause : error;
  const problem =
    cause instanceof Problem ? cause : new Problem(cause instanceof Error ? cause.message : String(cause));
  const { summary, detail, attribute } = problem;
  return [{ severity: 1, summary, detail, ...(attribute.length > 0 && { attribute: path(attribute[0]!) }) }];
}

const path = (attribute: string) => ({ steps: [{ attribute_name: attribute }] });
