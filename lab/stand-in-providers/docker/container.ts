import { Problem, type Resource, Unfinished } from "../protocol/provider.js";
import type { Value, Values } from "../protocol/values.js";
import { createRequest } from "./container-request.js";
import { containerBlock } from "./container-schema.js";
import { containerState } from "./container-state.js";
import { type Engine, EngineError } from "./engine.js";
import { presentImage } from "./image.js";
import { toBytes } from "./units.js";

/** The settings that the engine changes without a new container. Other changes in place only change the state. */
const updatable = ["restart", "memory", "memory_reservation", "memory_swap"];

export const container: Resource<Engine> = {
  legacy: true,
  version: 2,
  importable: true,
  block: containerBlock,
  async create(planned, engine) {
    await explain(`Unable to create container with image ${planned.image}`, presentImage(engine, planned.image));
    const request = { query: { name: planned.name }, body: createRequest(planned) };
    const { Id: id } = await explain("Unable to create container", engine.post("/containers/create", request));
    const state = { ...planned, id };
    try {
      await connectNetworks(engine, state);
      if (planned.start) {
        await explain("Unable to start container", engine.post(`/containers/${id}/start`));
        if (planned.wait) await waitUntilHealthy(engine, state);
      }
      return (await read(state, engine))!;
    } catch (error) {
      throw new Unfinished(state, error);
    }
  },
  read,
  async update(planned, prior, engine) {
    if (planned.start && planned.must_run && !prior.must_run) {
      await explain("Unable to start container", engine.post(`/containers/${planned.id}/start`));
    }
    if (updatable.every((name) => planned[name] === prior[name])) return;
    const body = {
      RestartPolicy: { Name: planned.restart, MaximumRetryCount: 0 },
      Memory: toBytes(planned.memory ?? 0),
      MemoryReservation: toBytes(planned.memory_reservation ?? 0),
      MemorySwap: toBytes(planned.memory_swap ?? 0),
    };
    await explain("Unable to update a container", engine.post(`/containers/${planned.id}/update`, { body }));
  },
  async destroy(state, engine) {
    const path = `/containers/${state.id}`;
    const t = state.destroy_grace_seconds ?? 0;
    await explain(`Error stopping container ${state.id}`, gone(engine.post(`${path}/stop`, { query: { t } })));
    await explain(`Error deleting container ${state.id}`, gone(engine.delete(path, { v: 1, force: 1 })));
  },
};

/** Finds a container only by its full id, as the real provider does: an import by name fails. */
async function read(state: Values, engine: Engine): Promise<Values | null> {
  const found = await engine.find(`/containers/${encodeURIComponent(state.id)}/json`);
  return found?.Id === state.id ? containerState(state, found) : null;
}

/** The container starts on the default network; networks of its own replace that one. */
async function connectNetworks(engine: Engine, { id, networks_advanced: networks }: Values): Promise<void> {
  if (networks.length === 0) return;
  const leave = engine.post("/networks/bridge/disconnect", { body: { Container: id, Force: false } });
  await explain("Unable to disconnect the default network", leave);
  for (const { name, aliases } of networks) {
    const body = { Container: id, EndpointConfig: { Aliases: aliases ?? [] } };
    const connect = engine.post(`/networks/${encodeURIComponent(name)}/connect`, { body });
    await explain(`Unable to connect to network '${name}'`, connect);
  }
}

/** An unhealthy or exited container does not end the wait: the real provider also waits until the timeout. */
async function waitUntilHealthy(engine: Engine, { id, wait_timeout }: Values): Promise<void> {
  const end = Date.now() + wait_timeout * 1000;
  while (Date.now() < end) {
    const { State: state }: Value = await engine.get(`/containers/${id}/json`);
    if (!state.Health) {
      throw new Problem("you have supplied a 'wait' argument, but the container does not have a healthcheck defined.");
    }
    if (state.Health.Status === "healthy") return;
    await engine.pause(1000);
  }
  throw new Problem("container failed to be in healthy state");
}

async function explain<T>(what: string, work: Promise<T>): Promise<T> {
  return work.catch((error: Error) => {
    throw new Problem(`${what}: ${error.message}`);
  });
}

/** A removal has nothing to do if the container is gone or about to go. */
async function gone(work: Promise<unknown>): Promise<void> {
  await work.catch((error) => {
    if (error instanceof EngineError && (error.status === 404 || error.message.includes("already in progress"))) return;
    throw error;
  });
}
