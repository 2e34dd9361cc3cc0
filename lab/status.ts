import { must, run } from "./command.js";
import type { Instance } from "./instance.js";
import { engineObjects } from "./teardown.js";

/** The containers, networks, volumes and files of an instance, in lines for a person. */
export async function status(instance: Instance): Promise<string[]> {
  const { container, network, volume } = await engineObjects(instance);
  const directory = (await run(["test", "-d", instance.directory])).code === 0 ? instance.directory : "none";
  if (container.length + network.length + volume.length === 0 && directory === "none") {
    return [`${instance.name}: not up`];
  }
  const format = "{{.Names}}|{{.Status}}|{{.Image}}|{{.Ports}}";
  const listed = await must(["docker", "container", "ls", "--all", "--format", format]);
  const all = listed.split("\n").map((line) => line.split("|"));
  const rows = all.filter(([name]) => container.includes(name!)).sort();
  return [
    `${instance.name}:`,
    ...rows.map(([name, state, image, ports]) =>
      `  ${name!.padEnd(20)} ${state!.padEnd(26)} ${image!.padEnd(23)} ${publishedPorts(ports!)}`.trimEnd(),
    ),
    `  networks: ${network.join(", ") || "none"}`,
    `  volumes:  ${volume.join(", ") || "none"}`,
    `  files:    ${directory}`,
  ];
}

/** The ports in docker's list that are published on this machine: "127.0.0.1:20443->443/tcp". */
export function publishedPorts(ports: string): string {
  return ports
    .split(", ")
    .filter((port) => port.includes("->"))
    .join(" ");
}
