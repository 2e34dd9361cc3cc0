import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { factsIn, mismatches } from "../../../../cli/backup/metadata.js";
import { environment } from "../../support/stack-of.js";

const prod = environment("prod");
const print = `salt:${createHash("sha256").update("saltthe key").digest("hex")}`;
const about = `reason=by schedule\nimage=${prod.image}\nrole=nocodb\nadmin=admin@example.com\nconnection_key=none\n`;
const variable = "TF_VAR_nocodb_connection_encrypt_key";

describe("a backup fits an environment", () => {
  test("when super admin, role, key and image do", () => {
    expect(mismatches(prod, factsIn(about), {})).toEqual([]);
  });

  test.each([
    ["an older one, which says less of itself", `image=${prod.image}\nrole=nocodb\n`, {}],
    ["one with the same key", about.replace("none", print), { [variable]: "the key" }],
    ["one that does not know its key", about.replace("none", "unknown"), { [variable]: "the key" }],
  ])("as does %s", (_, text, env) => {
    expect(mismatches(prod, factsIn(text), env)).toEqual([]);
  });

  test("also when the key is only known where the run is", () => {
    const backend = { type: "cloud", organization: "acme", workspace: "w" } as const;
    expect(mismatches({ ...prod, backend }, factsIn(about.replace("none", print)), {})).toEqual([]);
  });
});

describe("a backup is refused, with what to do, when", () => {
  test.each([
    ["the super admin is another", about.replace("admin@", "root@"), {}, "set admin.email to that"],
    [
      "the role is another",
      about.replace("role=nocodb", "role=noco"),
      {},
      "postgresql.role is nocodb, and the backup is of role noco",
    ],
    ["the key is not given", about.replace("none", print), {}, `${variable} is not set`],
    ["the key is another", about.replace("none", print), { [variable]: "a key" }, `${variable} holds another key`],
    ["a key is given and it had none", about, { [variable]: "a key" }, "unset it"],
    [
      "its image is below the security floor",
      about.replace(prod.image, "nocodb/nocodb:0.301.3"),
      {},
      "image-below-security-floor",
    ],
  ])("%s", (_, text, env, words) => {
    expect(mismatches(prod, factsIn(text), env)).toEqual([expect.stringContaining(words)]);
  });

  test("NocoDB is switched off", () => {
    expect(mismatches({ ...prod, subdomain: "" }, factsIn(about), {})).toEqual([
      expect.stringContaining("subdomain is empty"),
    ]);
  });

  test("nothing of the key itself is ever said", () => {
    const told = mismatches(prod, factsIn(about.replace("none", print)), { [variable]: "hidden key" });
    expect(told.join()).not.toContain("hidden");
  });
});
