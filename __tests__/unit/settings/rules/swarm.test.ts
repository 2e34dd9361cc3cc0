import { describe, expect, test } from "vitest";
import { checkEnvironment } from "../../../../settings/read.js";
import { environmentText } from "../../support/environment-text.js";

const redis = { host: "redis" };
const attachments = { s3: { bucket: "acme", region: "eu-central-1" } };
const engine = "swarm";

/** The problems of a file, each as path, value, message and remedy. */
function problemsOf(over: Record<string, unknown>) {
  const { problems } = checkEnvironment("staging", environmentText(over), {});
  return problems.map(({ path, value, message, remedy }) => ({ path, value, message, remedy }));
}

describe("valid are", () => {
  test.each<[string, Record<string, unknown>]>([
    ["one replica beside its files", { engine, swarm: { node: "docker1" } }],
    ["one replica with files in a bucket", { engine, attachments }],
    ["several with Redis and a bucket", { engine, redis, attachments, swarm: { replicas: 3 } }],
    [
      "the defaults of a cluster without one",
      {
        swarm: {
          ...{ replicas: 1, endpointMode: "vip", constraints: [] },
          update: { parallelism: 1, delay: 0, monitor: 5 },
          rollback: {},
        },
      },
    ],
    ["the mapping of users of a container", { usernsMode: "host" }],
  ])("%s", (_, over) => {
    expect(problemsOf(over)).toEqual([]);
  });
});

const noNode = {
  path: "swarm.node",
  message: "is missing, and NocoDB's files are on a disk: on another node NocoDB would not find them",
  remedy: "set swarm.node to the host name of the machine that ssh.host reaches, or set attachments.s3",
};

describe("refused are", () => {
  test.each<[string, Record<string, unknown>, object[]]>([
    [
      "several replicas without Redis",
      { engine, attachments, swarm: { replicas: 2 } },
      [
        {
          path: "swarm.replicas",
          value: "2",
          message:
            "is more than 1 without redis: its replicas would not know of each other's changes, sessions and jobs",
          remedy: "set redis.host, or swarm.replicas: 1",
        },
      ],
    ],
    [
      "several replicas without a bucket",
      { engine, redis, swarm: { replicas: 2, node: "docker1" } },
      [
        {
          path: "swarm.replicas",
          value: "2",
          message:
            "is more than 1 without attachments.s3: an attachment would be on the disk of one replica, and missing on the others",
          remedy: "set attachments.s3, or swarm.replicas: 1",
        },
      ],
    ],
    ["files on no certain node", { engine }, [noNode]],
    [
      "a node for files in a bucket",
      { engine, attachments, swarm: { node: "docker1" } },
      [
        {
          path: "swarm.node",
          value: '"docker1"',
          message: "is set, and NocoDB's files are in attachments.s3",
          remedy: "remove it; swarm.constraints chooses nodes",
        },
      ],
    ],
    [
      "a mapping of users, which a cluster does not have",
      { engine, attachments, usernsMode: "host" },
      [
        {
          path: "usernsMode",
          value: '"host"',
          message: "is set, and engine is swarm",
          remedy: "remove it: a cluster starts all tasks with the engine's own mapping of users",
        },
      ],
    ],
    ...(
      [
        ["replicas", { replicas: 2 }, "2"],
        ["node", { node: "docker1" }, '"docker1"'],
        ["endpointMode", { endpointMode: "dnsrr" }, '"dnsrr"'],
        ["update.parallelism", { update: { parallelism: 2 } }, "2"],
        ["rollback.monitor", { rollback: { monitor: 30 } }, "30"],
      ] as const
    ).map(([key, swarm, value]): [string, Record<string, unknown>, object[]] => [
      `${key} without a cluster`,
      { swarm },
      [
        {
          path: `swarm.${key}`,
          value,
          message: "is set, and engine is container",
          remedy: "set engine: swarm, or remove it (as a comment it can stay)",
        },
      ],
    ]),
  ])("%s", (_, over, problems) => {
    expect(problemsOf(over)).toEqual(problems.map((each) => expect.objectContaining(each)));
  });
});
