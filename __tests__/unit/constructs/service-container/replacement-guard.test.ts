import { expect, test } from "vitest";
import type { BackupPolicy } from "../../../../constructs/backup/backup-policy.js";
import { HostStep } from "../../../../constructs/remote-host/host-step.js";
import { ReplacementGuard } from "../../../../constructs/service-container/replacement-guard.js";
import { block, hostIn, localExec, programOf, requirements, synthesize, triggers } from "../../support/scope.js";
import { serviceIn } from "../../support/service.js";

const site = { caddy: "acme_caddy", caddyfile: "/c", sites_directory: "", site: "a.org", text: "a.org {\n%{x}\n}" };
const backups: BackupPolicy = {
  service: "forms",
  serviceKind: "generic",
  directory: "/srv/backups",
  keep: 3,
  container: "acme_postgresql",
  superuser: "postgres",
  database: "forms",
  role: "forms",
  dataDirectory: "/opt/acme/data",
  secretsDirectory: "/opt/acme/secrets",
  pinnedSecrets: ["KEY"],
  restoreCommand: "restore",
};
const json = synthesize((stack) => {
  const host = hostIn(stack);
  const service = serviceIn(stack, { host, image: "acme/forms:2", gracePeriod: 30 });
  const protects = [service.healthy];
  const guard = new ReplacementGuard(stack, "guard", {
    host,
    service,
    protects,
    backups,
    site: { ...site, upstream: "forms:3000" },
  });
  guard.protect(new HostStep(stack, "later", { host, program: "backup/list", input: { backups: "/b" } }));
  host.require("command curl curl");
});
const guard = block(json, "null_resource.guard");

test("the guard runs before the container and its followers are replaced: it depends on them and is replaced too", () => {
  expect(guard.depends_on).toEqual(["docker_container.forms", "null_resource.forms_healthy", "null_resource.later"]);
  expect(guard.lifecycle).toEqual({ replace_triggered_by: ["null_resource.forms_ready"] });
  expect(triggers(json, "guard")).toEqual({ image: "acme/forms:2" });
});

test("the guard runs when it is destroyed, so its successor must not be created first", () => {
  const { when, command } = localExec(json, "guard");
  expect(when).toBe("destroy");
  expect(programOf(command)).toBe("service-container/before-replace");
  expect(JSON.stringify(guard.lifecycle)).not.toContain("create_before_destroy");
});

test("the guard tries the next container and the next site, not the present ones", () => {
  const { environment } = localExec(json, "guard");
  expect(environment).toMatchObject({
    INPUT_image: "acme/forms:2",
    INPUT_grace_period: "30",
    INPUT_text: "a.org {\n%%{x}\n}",
    INPUT_caddy: "acme_caddy",
    INPUT_caddyfile: "/c",
    INPUT_sites_directory: "",
    INPUT_site: "a.org",
    INPUT_upstream: "forms:3000",
    INPUT_service: "forms",
    INPUT_backups: "/srv/backups",
  });
  expect(Object.values(environment).join()).not.toContain("self.");
});

test("the guard checks all requirements, later ones too", () => {
  expect(localExec(json, "guard").environment.INPUT_requirements!.split("\n")).toEqual(requirements(json));
  expect(requirements(json)).toContain("command curl curl");
});

test("a destroy-time provisioner refers to nothing but itself, or Terraform would refuse it", () => {
  const { command, environment } = localExec(json, "guard");
  expect(JSON.stringify({ command, environment })).not.toMatch(/(?<!\$)\$\{(?!self\.)/);
});
