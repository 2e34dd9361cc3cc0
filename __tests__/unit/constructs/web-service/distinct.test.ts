import { describe, expect, test } from "vitest";
import { HostOwnership } from "../../../../constructs/host-ownership/host-ownership.js";
import { WebService } from "../../../../constructs/web-service/web-service.js";
import type { ServicePlace, WebServiceProps } from "../../../../constructs/web-service/web-service-props.js";
import { forms, formsPlace, formsProps } from "../../support/forms.js";
import { synthesize } from "../../support/scope.js";

describe("the name of a service", () => {
  const named = (place: Partial<ServicePlace>) => () => synthesize((stack) => forms(stack, place));

  test.each(["notes", "n", "notes-2", "n".repeat(40), "nocodb"])("may be %s", (name) => {
    expect(named({ name })).not.toThrow();
  });

  test.each(["", "Notes", "2notes", "my_notes", "my notes", "a.b", "-x", "x-", "x/../y", "${x}", "n".repeat(41)])(
    "must not be %j",
    (name) => {
      expect(named({ name })).toThrow(`'name' (${name}) must be 1 to 40 of a-z, 0-9 and -, starting with a letter`);
    },
  );

  test.each(["notes", "x; true", ""])("has no kind %j, because no file kind.sh defines it", (kind) => {
    expect(named({ kind })).toThrow(`'kind' (${kind}) is unknown: no file kind.sh defines ${kind}_holds_data`);
  });
});

describe("two services of a stack share nothing:", () => {
  /** The first service, and a second one with settings of the first over its own. */
  const both =
    (place: (first: ServicePlace) => Partial<ServicePlace>, over: Partial<WebServiceProps> = {}) =>
    () =>
      synthesize((stack) => {
        const { host, service } = forms(stack);
        service.enable(formsProps(stack, host));
        const ownership = new HostOwnership(stack, "other_ownership", { host });
        const first = formsPlace(host, ownership);
        const second = new WebService(stack, "notes", {
          ...first,
          ...{ name: "notes", containerName: "acme_notes", configDirectory: "/c/notes", dataDirectory: "/d/notes" },
          postgresql: { ...first.postgresql, database: "notes", role: "notes" },
          backups: { ...first.backups, directory: "/b/notes" },
          ...place(first),
        });
        second.enable({ ...formsProps(stack, host, "notes"), ...over });
      });

  test("they may be on one host", () => {
    expect(Object.keys(both(() => ({}))().resource.docker_container!)).toEqual(["forms_container", "notes_container"]);
  });

  test.each<[string, string, string, (first: ServicePlace) => Partial<ServicePlace>]>([
    ["name", "forms", "name", ({ name }) => ({ name })],
    ["containerName", "acme_forms", "containerName", ({ containerName }) => ({ containerName })],
    [
      "configDirectory",
      "/opt/acme/configs/forms",
      "configDirectory",
      (first) => ({ configDirectory: first.configDirectory }),
    ],
    ["dataDirectory", "/opt/acme/data/forms", "dataDirectory", ({ dataDirectory }) => ({ dataDirectory })],
    [
      "dataDirectory",
      "/opt/acme/backups/forms",
      "backups.directory",
      ({ backups }) => ({ dataDirectory: backups.directory }),
    ],
    ["backups.directory", "/opt/acme/backups/forms", "backups.directory", ({ backups }) => ({ backups })],
    [
      "postgresql.database",
      "forms",
      "postgresql.database",
      ({ postgresql }) => ({ postgresql: { ...postgresql, role: "notes" } }),
    ],
    [
      "postgresql.role",
      "forms_role",
      "postgresql.role",
      ({ postgresql }) => ({ postgresql: { ...postgresql, database: "notes" } }),
    ],
  ])("not '%s' (%s), which is '%s' of the first", (setting, value, other, place) => {
    expect(both(place)).toThrow(
      `'${setting}' (${value}) of test/notes is also '${other}' of test/forms: choose another`,
    );
  });

  test("not the site, in whatever case", () => {
    expect(both(() => ({}), { siteHost: "Forms.Example.com" })).toThrow(
      "'siteHost' (forms.example.com) of test/notes is also 'siteHost' of test/forms: choose another",
    );
  });

  test("not the alias on a network", () => {
    expect(both(() => ({}), { alias: "forms" })).toThrow(
      "'alias' (forms) of test/notes is also 'alias' of test/forms: choose another",
    );
  });

  test("but equal databases in two PostgreSQL containers", () => {
    const place = ({ postgresql }: ServicePlace) => ({ postgresql: { ...postgresql, container: "other_postgresql" } });
    expect(both(place)).not.toThrow();
  });
});
