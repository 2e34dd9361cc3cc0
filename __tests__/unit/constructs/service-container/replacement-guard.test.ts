import { expect, test } from "vitest";
import { ReplacementGuard } from "../../../../constructs/service-container/replacement-guard.js";
import { block, hostIn, localExec, requirements, scriptsOf, synthesize, triggers } from "../../support/scope.js";
import { serviceIn } from "../../support/service.js";

const site = { caddy: "acme_caddy", caddyfile: "/c", sites_directory: "", site: "a.org", text: "a.org {\n%{x}\n}" };
const json = synthesize((stack) => {
  const host = hostIn(stack);
  const service = serviceIn(stack, { host });
  const protects = [service.serving];
  new ReplacementGuard(stack, "guard", { host, service, protects, image: "acme/forms:2", site });
  host.require("command curl curl");
});
const guard = block(json, "null_resource.guard");

test("the guard goes before the container and what follows it: it depends on them and is replaced with them", () => {
  expect(guard.depends_on).toEqual(["docker_container.forms", "null_resource.forms_serving"]);
  expect(guard.lifecycle).toEqual({ replace_triggered_by: ["null_resource.forms_ready"] });
  expect(triggers(json, "guard")).toEqual({ image: "acme/forms:2" });
});

test("the guard runs on the way out, which is why nothing may create its successor first", () => {
  const { when, command } = localExec(json, "guard");
  expect(when).toBe("destroy");
  expect(scriptsOf(command).at(-1)).toBe("prepare-replacement.sh");
  expect(JSON.stringify(guard.lifecycle)).not.toContain("create_before_destroy");
});

test("the guard tries what is about to come, not what was", () => {
  const { environment } = localExec(json, "guard");
  expect(environment).toMatchObject({
    INPUT_image: "acme/forms:2",
    INPUT_text: "a.org {\n%%{x}\n}",
    INPUT_caddy: "acme_caddy",
    INPUT_caddyfile: "/c",
    INPUT_sites_directory: "",
    INPUT_site: "a.org",
  });
  expect(Object.values(environment).join()).not.toContain("self.");
});

test("the guard looks at all requirements, those that came after it too", () => {
  expect(localExec(json, "guard").environment.INPUT_requirements!.split("\n")).toEqual(requirements(json));
  expect(requirements(json)).toContain("command curl curl");
});

test("what runs on destroy refers to nothing but itself, or Terraform would refuse it", () => {
  const { command, environment } = localExec(json, "guard");
  expect(JSON.stringify({ command, environment })).not.toMatch(/(?<!\$)\$\{(?!self\.)/);
});
