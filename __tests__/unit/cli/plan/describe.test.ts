import { readFileSync } from "node:fs";
import { expect, describe as group, test } from "vitest";
import { describe } from "../../../../cli/plan/describe.js";
import type { Line } from "../../../../cli/plan/description.js";
import { PARTS } from "../../../../cli/plan/parts.js";
import type { PlanJson } from "../../../../cli/plan/plan-json.js";
import { environment } from "../../support/stack-of.js";
import { changed, planOf, step } from "./plans.js";

const addresses = readFileSync(new URL("../../stacks/addresses.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => /^[\w.]+$/.test(line));
const resources = addresses.filter((address) => !address.startsWith("output."));
const prod = environment("prod");
const described = (plan: PlanJson, over = {}) => describe(plan, { ...prod, ...over });
const mentioned = ({ changes, deleted, raw }: ReturnType<typeof describe>) => [...changes, ...deleted, ...raw];
const words = ({ text, why }: Line) => [text, ...why].join("\n");
const texts = (lines: readonly Line[]) => lines.map(({ text }) => text);

test("the table knows every address of a stack, and no others", () => {
  expect(Object.keys(PARTS).sort()).toEqual([...addresses].sort());
});

group("nothing of a plan goes unmentioned:", () => {
  const ALL = ["create", "replace", "update", "delete", "read", "forget", "an action of the future"];
  const values = { name: "x", triggers: { some_setting: "old", status: "ok" } };
  const other = { name: "y", triggers: { some_setting: "new", status: "differs" } };
  const every = (action: string) =>
    resources.map((address) => {
      if (action === "create") return changed(address, action, null, other);
      return changed(address, action, values, action === "delete" ? null : other);
    });

  test.each(ALL)("%s of every address, alone and all of them at once", (action) => {
    for (const changes of [...every(action).map((each) => [each]), every(action)]) {
      const description = described(planOf(...changes));
      const named = mentioned(description).flatMap((line) => line.addresses);
      expect(new Set(named)).toEqual(new Set(changes.map(({ address }) => address)));
      const listed = Object.values(description.terraform).map((all) => [...all].sort());
      expect(listed).toEqual([changes.map(({ address }) => address).sort()]);
    }
  });

  test.each(["replace", "update"])("every attribute that differs, of %s of each address", (action) => {
    for (const change of every(action)) {
      const shown = mentioned(described(planOf(change)))
        .map(words)
        .join("\n");
      expect(shown, change.address).toContain("some_setting: old -> new");
      expect(shown, change.address).toContain("name: x -> y");
    }
  });

  test("outputs", () => {
    const outputs = addresses.filter((address) => address.startsWith("output."));
    const output_changes = Object.fromEntries(
      [...outputs, "output.unknown"].map((address) => [
        address.slice("output.".length),
        { actions: ["update"], before: "a", after: "b", after_unknown: false },
      ]),
    );
    const named = mentioned(described({ ...planOf(), output_changes })).flatMap((line) => line.addresses);
    expect(named.sort()).toEqual([...outputs, "output.unknown"].sort());
  });

  test("a resource that the table does not know is shown as Terraform names it, a deletion of it with its reason", () => {
    const { raw } = described(
      planOf(
        changed("docker_volume.x", "update", { size: 1 }, { size: 2 }),
        changed("docker_volume.y", "delete", { size: 1 }, null, {
          action_reason: "delete_because_no_resource_config",
        }),
        changed("docker_volume.z", "create", null, { size: 3 }, { change: { after_unknown: { id: true } } }),
      ),
    );
    expect(raw).toEqual([
      { text: "docker_volume.x: update", why: ["size: 1 -> 2"], addresses: ["docker_volume.x"] },
      { text: "docker_volume.y: delete", why: ["not in the configuration any more"], addresses: ["docker_volume.y"] },
      {
        text: "docker_volume.z: create",
        why: ["size: (none) -> 3", "not in the state: new, or the last deploy stopped before it"],
        addresses: ["docker_volume.z"],
      },
    ]);
  });

  test("a moved, an imported and a left-over resource, and reasons of the future", () => {
    const { changes, raw } = described(
      planOf(
        changed("null_resource.nocodb_site", "no-op", {}, {}, { previous_address: "null_resource.site" }),
        changed("docker_container.nocodb_container", "delete", {}, null, { deposed: "1234" }),
        step("nocodb_env_file", { path: "/a" }, { path: "/a" }, { action_reason: "replace_because_full_moon" }),
        changed("docker_container.x", "no-op", {}, {}, { change: { importing: { id: "acme_x" } } }),
      ),
    );
    expect(raw.map(words)).toEqual([
      "null_resource.nocodb_site: none\nknown in the state as null_resource.site until now",
      "docker_container.nocodb_container: delete\nleft over from an interrupted replacement (1234)",
      "docker_container.x: none\ntaken over from the host: acme_x",
    ]);
    expect(changes.map(words).join()).toContain("reason: replace_because_full_moon");
  });

  test("a step that an interrupted replacement has left over is a note of Terraform; one that removes something is shown", () => {
    const leftover = (name: string) => changed(`null_resource.${name}`, "delete", {}, null, { deposed: "1234" });
    const { changes, raw } = described(planOf(leftover("nocodb_container_ready"), leftover("nocodb_site_removal")));
    expect(changes).toContainEqual({
      text: "Terraform's own notes are brought up to date (1)",
      why: [],
      addresses: ["null_resource.nocodb_container_ready"],
    });
    expect(raw.map(words)).toEqual([
      "null_resource.nocodb_site_removal: delete\nleft over from an interrupted replacement (1234)",
    ]);
  });

  test("a resource that is gone on the host, though the plan does not create it again", () => {
    const gone = changed("docker_network.backend_network", "delete", {}, null);
    expect(described({ ...planOf(), resource_drift: [gone] }).raw.map(words)).toEqual([
      "docker_network.backend_network: is gone on the host",
    ]);
  });
});

test("a sensitive value is never shown", () => {
  const description = described(
    planOf(
      changed(
        "docker_volume.x",
        "update",
        { key: "s3same" },
        { key: "s3cret" },
        {
          change: { before_sensitive: { key: true }, after_sensitive: {} },
        },
      ),
      changed(
        "null_resource.nocodb_site",
        "replace",
        { triggers: { site: "s3same" } },
        { triggers: { site: "s3cret" } },
        {
          change: { after_sensitive: { triggers: { site: true } } },
        },
      ),
    ),
  );
  expect(JSON.stringify(description)).not.toMatch(/s3(same|cret)/);
  expect(JSON.stringify(description)).toContain("site: (sensitive) -> (sensitive)");
});

group("a new image", () => {
  const container = { name: "acme_nocodb", env: ["A=1", "B=2"], image: "sha256:1", memory: 512 };
  const plan = planOf(
    step(
      "nocodb_container_ready",
      { image: "nocodb/nocodb:1", "env A": "1", image_id: "sha256:1", status: "drifted once" },
      { image: "nocodb/nocodb:2", "env B": "2", image_id: undefined, status: "drifted once" },
    ),
    changed("docker_container.nocodb_container", "replace", { ...container, env: ["A=1"] }, container, {
      action_reason: "replace_by_triggers",
      change: { after_unknown: { id: true, image: true } },
    }),
    step("nocodb_consumers", { healthy: "1" }, { healthy: undefined }),
  );
  const description = described(plan);

  test("is in the line of the container, with the variables that change", () => {
    expect(description.title).toBe("NocoDB is replaced");
    expect(description.changes.map(words)).toEqual([
      `NocoDB is replaced: a new container acme_nocodb loads beside the old one, and takes over; image nocodb/nocodb:1 to nocodb/nocodb:2; variables A, B
env A: 1 -> (none)
env B: (none) -> 2`,
      "consumers' users, roles, tokens and env files are checked and set right\nfollows from another change: healthy",
    ]);
  });

  test("costs a backup first, held requests, and answers to internal callers; the data is kept", () => {
    expect(description.costs).toEqual([
      "a backup first, while the old container serves; the way back is npx nocodb-host backup restore prod",
      "requests at the site are held while the new container takes over, at most 60 s, and then answered",
      "callers of http://nocodb:8080 get no answer for about 2 s, or for 16 to 34 s if the host lacks memory for both containers",
    ]);
    expect(description.kept).toEqual([
      "database nocodb with NocoDB's users and bases, secrets in /opt/acme/configs/nocodb/secrets",
      "NocoDB's files in /opt/acme/data/nocodb",
      "backups in /opt/acme/backups/nocodb",
    ]);
    expect(description.deleted).toEqual([]);
  });
});

test("an attribute of the container that no step shows is shown as Terraform names it", () => {
  const { changes } = described(
    planOf(changed("docker_container.nocodb_container", "update", { restart: "no" }, { restart: "always" })),
  );
  expect(changes[0]!.why).toEqual(["restart: no -> always"]);
});

test("memory is changed while NocoDB runs, which costs nothing; by hand counts as drift", () => {
  const memory = changed("docker_container.nocodb_container", "update", { memory: 300 }, { memory: 512 });
  const byHand = changed("docker_container.nocodb_container", "update", { memory: 512 }, { memory: 300 });
  const { title, changes, costs } = described({ ...planOf(memory), resource_drift: [byHand] });
  expect([title, costs]).toEqual(["NocoDB is changed while it runs", ["nothing: NocoDB keeps answering"]]);
  expect(changes[0]!.why).toEqual(["memory: 300 -> 512", "drift: changed on the host by hand: memory"]);
});

group("why:", () => {
  const site = { site: "noco.example.com", caddyfile: "/etc/Caddyfile", text: "a\nb" };
  const why = (before: object, after: object, over = {}) =>
    described(planOf(step("nocodb_site", { ...site, ...before }, { ...site, ...after }, over))).changes[0]!.why;

  test("drift, in the words of the probe", () => {
    expect(why({ status: "site missing" }, { status: "site edited" })).toEqual(["drift: site edited"]);
  });

  test("settings, with the lines that differ", () => {
    expect(why({}, { text: "a\nc" })).toEqual(["text:", "- b", "+ c"]);
  });

  test("a retry", () => {
    expect(why({}, {}, { action_reason: "replace_because_tainted" })).toEqual(["retry: the last deploy failed in it"]);
  });

  test("a container that someone removed is started again", () => {
    const plan = {
      ...planOf(
        changed("docker_container.nocodb_container", "create", null, { name: "acme_nocodb" }),
        changed("null_resource.nocodb_site", "no-op", {}, {}),
      ),
      resource_drift: [changed("docker_container.nocodb_container", "delete", {}, null)],
    };
    const { title, changes } = described(plan);
    expect([title, changes[0]!.why]).toEqual(["NocoDB is started again", ["drift: removed on the host by hand"]]);
  });
});

group("consumers:", () => {
  const line = (name: string) => `${name} role viewer\n${name} envFile /etc/${name}.env`;

  test("an added one gets a token; one that is removed loses it, which is a removal", () => {
    const { changes, deleted } = described(
      planOf(step("nocodb_consumers", { consumers: line("n8n") }, { consumers: line("openclaw") })),
    );
    expect(texts(changes)).toEqual(["openclaw gets an API token, in /etc/openclaw.env"]);
    expect(texts(deleted)).toEqual(["n8n loses its API token, and its lines in /etc/n8n.env"]);
  });

  test("one whose token NocoDB refuses gets a new one", () => {
    const { changes } = described(
      planOf(step("nocodb_consumers", { status: "x" }, { status: "token of n8n refused, sign-up open to everybody" })),
    );
    expect(changes.map(words)).toEqual([
      "n8n gets a new API token\ndrift: token of n8n refused, sign-up open to everybody",
    ]);
  });

  test("a container with `recreate` is a cost", () => {
    const consumers = prod.consumers.map((each) => ({ ...each, recreate: "true" }));
    const { costs } = described(planOf(step("nocodb_consumers", {}, {})), { consumers: consumers.slice(0, 1) });
    expect(costs).toContain("container acme_n8n is created again, if it lacks its token");
  });
});

test("a new key for sessions ends them", () => {
  const { costs } = described(
    planOf(step("nocodb_secrets", { status: "x" }, { status: "secret that signs sessions rotated: restart" })),
  );
  expect(costs).toEqual([
    "if NocoDB is restarted, the site waits and http://nocodb:8080 does not answer for about 25 s",
    "sessions end: everybody has to sign in again",
  ]);
});

group("a destroy", () => {
  const plan = planOf(
    ...["null_resource.nocodb_site_removal", "null_resource.nocodb_retention"].map((address) =>
      changed(`${address}["x"]`, "delete", { triggers: { site: "noco.example.com" } }, null),
    ),
    changed("null_resource.nocodb_site", "delete", {}, null),
    changed("null_resource.ownership_state", "delete", {}, null),
    changed("docker_container.nocodb_container", "delete", { name: "acme_nocodb" }, null),
  );

  test("names what is removed from the host, and keeps the data", () => {
    const { title, deleted, kept, costs } = described(plan);
    expect(title).toBe("NocoDB is removed");
    expect(texts(deleted)).toEqual([
      "NocoDB is removed: container acme_nocodb",
      "site noco.example.com is removed from Caddy",
    ]);
    expect([kept.length, costs[0]]).toEqual([3, "a last backup first"]);
  });

  test("deletes the data that onDestroy names", () => {
    const onDestroy = { database: "delete", data: "keep", backups: "delete" } as const;
    const { deleted, kept } = described(plan, { onDestroy });
    expect(kept).toEqual(["NocoDB's files in /opt/acme/data/nocodb"]);
    expect(deleted.map(words).join("\n")).toContain("onDestroy.database: delete in the environment file");
  });

  test("of a part only, such as a disabled NocoDB, deletes no data", () => {
    const disabled = planOf(...plan.resource_changes!.filter(({ name }) => name !== "ownership_state"));
    const onDestroy = { database: "delete", data: "delete", backups: "delete" } as const;
    expect(described(disabled, { onDestroy }).kept).toHaveLength(3);
  });
});

test("a host that another state manages stops the deploy", () => {
  const owner = "the Terraform state of ci@runner:/srv, since 2026-01-01";
  const { obstacles, title, costs } = described(
    planOf(changed("null_resource.ownership_state", "create", null, { triggers: { already_managed_by: owner } })),
  );
  expect(obstacles.map(words)).toEqual([
    `the host is managed already by ${owner}\nthe deploy continues only if that state was here and is lost\nif it was elsewhere and is lost: npx nocodb-host state release prod`,
  ]);
  expect(title).toBe("NocoDB is deployed for the first time by this state");
  expect(costs[0]).toBe("a NocoDB that the other state has left on the host is replaced");
});

test("a plan without changes has nothing to do", () => {
  expect(described(planOf(changed("null_resource.nocodb_site", "no-op", {}, {})))).toMatchObject({
    ...{ title: "nothing to do", hasChanges: false, changes: [], costs: [], deleted: [], raw: [], terraform: {} },
  });
});

group("a service of a cluster", () => {
  const SERVICE = "docker_service.nocodb_service";
  const { swarm } = environment("prod");
  const over = { engine: "swarm", swarm: { ...swarm, replicas: 3 } } as const;
  const [before, after] = [
    { name: "acme_nocodb", mode: "1" },
    { name: "acme_nocodb", mode: "3" },
  ];

  test.each<[string, string, string, readonly string[]]>([
    [
      "create",
      "NocoDB is started again",
      "NocoDB is started as service acme_nocodb of the cluster",
      ["NocoDB does not answer until a task has started"],
    ],
    [
      "update",
      "NocoDB is changed while it runs",
      "NocoDB is changed: the cluster replaces the tasks of service acme_nocodb, a few at a time",
      [
        "no backup is made, because the image stays the same",
        "nothing: each new task answers before its predecessor stops",
      ],
    ],
    [
      "replace",
      "NocoDB is replaced",
      "NocoDB is replaced: service acme_nocodb is removed from the cluster, and created again",
      [
        "no backup is made, because the image stays the same",
        "NocoDB does not answer until a task of the new service has started",
      ],
    ],
  ])("%s: the plan says what happens, and what it costs", (action, title, text, costs) => {
    const plan = planOf(changed(SERVICE, action, action === "create" ? null : before, after));
    const description = described(plan, over);
    expect(description.title).toBe(title);
    expect(texts([...description.changes, ...description.deleted])).toContain(text);
    expect(description.costs).toEqual(costs);
  });

  test("delete: it is listed with what is removed", () => {
    const { deleted, title } = described(planOf(changed(SERVICE, "delete", before, null)), { ...over, subdomain: "" });
    expect(title).toBe("NocoDB is disabled, and its data stays");
    expect(texts(deleted)).toContain("NocoDB is removed: service acme_nocodb of the cluster");
  });

  test("its line has what belongs to it: variables by name, and files not by their digest", () => {
    const { changes } = described(
      planOf(
        step("nocodb_service_stored_files", { contents: "0b1c" }, { contents: "2d3e" }),
        changed(SERVICE, "update", before, after),
        step(
          "nocodb_service_healthy",
          { "env NC_A": "1", service_id: "x" },
          { "env NC_A": "2", service_id: undefined },
        ),
      ),
      over,
    );
    expect(changes.map(words)).toEqual([
      "NocoDB is changed: the cluster replaces the tasks of service acme_nocodb, a few at a time\nmode: 1 -> 3\nenv NC_A: 1 -> 2",
    ]);
    expect(changes[0]!.addresses).toHaveLength(3);
  });

  test("another image needs a backup; a task on the disk of a node does not overlap with its successor", () => {
    const { costs } = described(
      planOf(
        step("nocodb_service_ready", { image: "nocodb/nocodb:1" }, { image: "nocodb/nocodb:2" }),
        changed(SERVICE, "update", before, after),
      ),
      { engine: "swarm", swarm: { ...swarm, node: "docker1" } },
    );
    expect(costs).toEqual([
      "a backup first, while the old tasks serve; the way back is npx nocodb-host backup restore prod",
      "NocoDB does not answer if its task is replaced, for about 25 s",
    ]);
  });

  test.each([
    ["delete", "create", "NocoDB moves into the cluster"],
    ["create", "delete", "NocoDB moves out of the cluster"],
  ])("the way between a container and the cluster: container %s, service %s", (container, service, title) => {
    const values = (action: string) =>
      [action === "create" ? null : before, action === "delete" ? null : after] as const;
    const plan = planOf(
      changed("docker_container.nocodb_container", container, ...values(container)),
      changed(SERVICE, service, ...values(service)),
    );
    expect(described(plan, over).title).toBe(title);
  });
});
