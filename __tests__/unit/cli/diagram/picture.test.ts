import { describe, expect, test } from "vitest";
import { type Picture, pictureOf } from "../../../../cli/diagram/picture.js";
import { stackJson } from "../../../../cli/synthesized.js";
import type { Environment } from "../../../../settings/environment.js";
import { environment } from "../../support/stack-of.js";

const picture = (over: Partial<Environment> = {}): Picture => pictureOf(stackJson(environment("prod", over)));
const lines = ({ parts }: Picture, id: string) => parts.find((part) => part.id === id)?.lines;
const told = ({ links }: Picture) => links.map(({ from, to, label }) => `${from} > ${to}: ${label}`);

describe("the picture of prod", () => {
  const prod = picture();

  test("has everything that the service consists of and talks to", () => {
    expect(Object.fromEntries(prod.parts.map(({ id, lines }) => [id, lines.join("; ")]))).toEqual({
      terraform: "Terraform; state: local",
      nocodb: "acme_nocodb; nocodb/nocodb:2026.10.1; 512 MiB, 0.5 CPUs",
      mount__data: "/opt/acme/data/nocodb",
      mount__run_nocodb: "/opt/acme/configs/nocodb/secrets",
      visitors: "visitors",
      caddy: "acme_caddy; imports vpn_only, vpn_error_page",
      postgresql: "acme_postgresql; database nocodb, role nocodb",
      backups: "/opt/acme/backups/nocodb; the newest 7",
      consumer_n8n: "acme_n8n; viewer, creator in Production",
      consumer_openclaw: "acme_openclaw; viewer, creator in Production",
      backend_network: "network acme_backend",
      frontend_network: "network acme_frontend",
    });
  });

  test("says who talks to whom, and at which address", () => {
    expect(told(prod)).toEqual([
      "nocodb > mount__data: /data",
      "nocodb > mount__run_nocodb: /run/nocodb",
      "visitors > caddy: https://noco.example.com",
      "caddy > nocodb: nocodb:8080",
      "nocodb > postgresql: postgresql:5432",
      "postgresql > backups: backup: daily",
      "mount__data > backups: backup: daily",
      "backups > postgresql: restore test: weekly",
      "consumer_n8n > caddy: https://noco.example.com",
      "consumer_n8n > nocodb: http://nocodb:8080",
      "consumer_openclaw > nocodb: http://nocodb:8080",
      "nocodb > backend_network: as nocodb",
      "nocodb > frontend_network: as nocodb",
      "terraform > host: SSH as deploy",
    ]);
  });

  test("links only what is in it", () => {
    const ids = ["host", ...prod.parts.map(({ id }) => id)];
    expect(prod.links.flatMap(({ from, to }) => [from, to]).filter((id) => !ids.includes(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test("a site without snippets is open to everyone, at the port that visitors use", () => {
  const { caddy } = environment("prod");
  const open = picture({ caddy: { ...caddy, snippets: [], publicPort: 8443 } });
  expect(lines(open, "caddy")).toEqual(["acme_caddy", "open to everyone"]);
  expect(told(open)).toContain("consumer_n8n > caddy: https://noco.example.com:8443");
});

test("a network that the app creates is told from one that it finds", () => {
  const create = { subnet: "172.20.3.0/24", internal: true };
  const networks = { ...environment("prod").networks, metrics: { name: "metrics", create } };
  const found = picture({ networks });
  expect(lines(found, "metrics_network")).toEqual(["network metrics", "created by the app, 172.20.3.0/24"]);
});

test("without a schedule, backups are made before changes", () => {
  const { schedule: _, ...backups } = environment("prod").backups;
  expect(told(picture({ backups }))).toContain("postgresql > backups: backup: before changes");
});

test("copies of backups go to restic's repository, and a restore test into PostgreSQL", () => {
  const { backups } = environment("prod");
  const copied = (repository: string) => {
    const copy = { repository, keepDays: 90, secretsDirectory: "/opt/acme/configs/nocodb-copies" };
    return picture({ backups: { ...backups, verify: "weekly", copy } });
  };
  const away = copied("s3:https://s3.example.com/backups");
  expect(away.parts).toContainEqual({
    id: "copies",
    shape: "store",
    lines: ["s3:https://s3.example.com/backups", "kept for 90 days"],
    onHost: false,
  });
  expect(told(away)).toEqual(
    expect.arrayContaining([
      "backups > copies: copies: restic, encrypted",
      "backups > postgresql: restore test: weekly",
    ]),
  );
  expect(copied("/mnt/nas/nocodb").parts.find(({ id }) => id === "copies")?.onHost).toBe(true);
});

test("the check of alerts tells a webhook, or runs a command", () => {
  const policy = { diskPercent: 90, certificateDays: 14 };
  const check = "alerts > nocodb: http://nocodb:8080/api/v1/health";
  const address = "https://alerts.example.com/nocodb";
  expect(told(picture({ alerts: { ...policy, webhook: address } }))).toEqual(
    expect.arrayContaining([check, `alerts > receiver: ${address}`]),
  );
  expect(told(picture({ alerts: { ...policy, webhook: "secret" } }))).toContain(
    "alerts > receiver: at a secret address",
  );
  const command = picture({ alerts: { ...policy, command: "mail operator@example.com" } });
  expect(lines(command, "alerts")).toEqual(["acme-nocodb-alerts", "runs a command"]);
  expect(lines(command, "receiver")).toBeUndefined();
});

test("a disabled service is told, with nothing around it", () => {
  const { parts, links } = picture({ subdomain: "" });
  expect(parts.map(({ lines }) => lines[0])).toEqual(["Terraform", "NocoDB is disabled"]);
  expect(links).toHaveLength(1);
});

test("another port of sshd and another backend are told", () => {
  const { ssh } = environment("prod");
  const other = picture({ ssh: { ...ssh, port: 2222 }, backend: { type: "pg", schema_name: "nocodb" } });
  expect(told(other)).toContain("terraform > host: SSH as deploy, port 2222");
  expect(lines(other, "terraform")).toEqual(["Terraform", "state: pg"]);
});
