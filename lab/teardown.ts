import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { removeNodeData } from "./cluster/node-data.js";
import { must, run } from "./command.js";
import { ownedBy } from "./docker.js";
import { IMAGES } from "./images.js";
import { type Instance, LABEL } from "./instance.js";
import { phase, type Report } from "./progress.js";

type Kind = "container" | "network" | "volume";

/** The names of an instance's objects in the engine: everything with its label, and the container of the app. */
export async function engineObjects(instance: Instance): Promise<Record<Kind, string[]>> {
  const labelled = ["--filter", `label=${ownedBy(instance)}`];
  const [labelledContainers, container, network, volume] = await Promise.all([
    names(["docker", "container", "ls", "--all", ...labelled, "--format", "{{.Names}}"]),
    names([
      ...["docker", "container", "ls", "--all", "--filter", `name=^/?${instance.containers.nocodb}$`],
      ...["--format", "{{.Names}}"],
    ]),
    names(["docker", "network", "ls", ...labelled, "--format", "{{.Name}}"]),
    names(["docker", "volume", "ls", ...labelled, "--format", "{{.Name}}"]),
  ]);
  return { container: [...new Set([...labelledContainers, ...container])].sort(), network, volume };
}

async function names(argv: readonly string[]): Promise<string[]> {
  return (await must(argv)).split("\n").filter((name) => name !== "");
}

/** Removes an instance: its containers, networks, volumes and files. The images and the cache stay. */
export async function down(instance: Instance, report: Report): Promise<void> {
  const { container, network, volume } = await engineObjects(instance);
  await phase(report, `${instance.name}, containers: ${container.join(", ") || "none"}`, async () => {
    if (container.length > 0) await must(["docker", "rm", "--force", "--volumes", ...container]);
  });
  const { cluster } = instance;
  if (cluster) await phase(report, `${instance.name}, data of its engines`, () => removeNodeData(cluster));
  await phase(report, `${instance.name}, networks: ${network.join(", ") || "none"}`, async () => {
    for (const name of network) await removeNetwork(name);
  });
  await phase(report, `${instance.name}, volumes: ${volume.join(", ") || "none"}`, async () => {
    if (volume.length > 0) await must(["docker", "volume", "rm", ...volume]);
  });
  await phase(report, `${instance.name}, files: ${instance.directory}`, () => removeFiles(instance));
}

/** A container that someone attached to the network is detached, not removed. */
async function removeNetwork(name: string): Promise<void> {
  const guests = await must([
    ...["docker", "network", "inspect", "--format"],
    ...["{{range .Containers}}{{.Name}} {{end}}", name],
  ]);
  for (const guest of guests.split(" ").filter(Boolean)) {
    await must(["docker", "network", "disconnect", "--force", name, guest]);
  }
  await must(["docker", "network", "rm", name]);
}

/** The host's files belong to other users: without the permission to remove them, do it in a container. */
async function removeFiles(instance: Instance): Promise<void> {
  const parent = dirname(instance.directory);
  try {
    await rm(instance.directory, { recursive: true, force: true });
  } catch {
    const remove = ["sh", "-c", 'rm -rf "/lab/$1"', "-", instance.name];
    const volume = ["--volume", `${parent}:/lab`, "--label", `${LABEL}=${instance.name}`];
    await must(["docker", "run", "--rm", "--network", "none", ...volume, IMAGES.sshd, ...remove]);
    await rm(instance.directory, { recursive: true, force: true });
  }
  await run(["rmdir", parent]); // fails if another instance has its folder there
}
