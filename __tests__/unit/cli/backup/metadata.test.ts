import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { metadataIn, mismatches } from "../../../../cli/backup/metadata.js";
import { environment } from "../../support/stack-of.js";

const prod = environment("prod");
const fingerprint = `salt:${createHash("sha256").update("saltthe key").digest("hex")}`;
const metadata = `service=nocodb\nreason=by schedule\nimage=${prod.image}\nrole=nocodb\nadmin=admin@example.com\nconnection_key=none\n`;
const variable = "TF_VAR_nocodb_connection_encrypt_key";

describe("a backup fits an environment", () => {
  test("when super admin, role, key and image do", () => {
    expect(mismatches(prod, metadataIn(metadata), {})).toEqual([]);
  });

  test("also under another version of its image", () => {
    const text = metadata.replace(prod.image, prod.image.replace("09.0", "10.1"));
    expect(mismatches(prod, metadataIn(text), {})).toEqual([]);
  });

  test.each([
    ["one without a super admin's name", `service=nocodb\nimage=${prod.image}\nrole=nocodb\n`, {}],
    ["one with the same key", metadata.replace("none", fingerprint), { [variable]: "the key" }],
    ["one that does not know its key", metadata.replace("none", "unknown"), { [variable]: "the key" }],
  ])("as does %s", (_, text, env) => {
    expect(mismatches(prod, metadataIn(text), env)).toEqual([]);
  });

  test("also if the key is known only where the run is", () => {
    const backend = { type: "cloud", organization: "acme", workspaces: { name: "w" } } as const;
    expect(mismatches({ ...prod, backend }, metadataIn(metadata.replace("none", fingerprint)), {})).toEqual([]);
  });
});

describe("a backup is refused, with a remedy, when", () => {
  test.each([
    ["the super admin is another", metadata.replace("admin@", "root@"), {}, "set admin.email to that"],
    [
      "the role is another",
      metadata.replace("role=nocodb", "role=noco"),
      {},
      "postgresql.role is nocodb, and the backup is of role noco",
    ],
    ["the key is not given", metadata.replace("none", fingerprint), {}, `${variable} is not set`],
    [
      "the key is another",
      metadata.replace("none", fingerprint),
      { [variable]: "a key" },
      `${variable} holds another key`,
    ],
    ["a key is given and it had none", metadata, { [variable]: "a key" }, "unset it"],
    [
      "its image is of another repository",
      metadata.replace(prod.image, "ghcr.io/nocodb/nocodb:2026.09.0"),
      {},
      `image is ${prod.image}, and the backup is of ghcr.io/nocodb/nocodb:2026.09.0, an image of another repository: set image to that if it is to serve, or choose another backup`,
    ],
    [
      "it is of another service",
      metadata.replace("service=nocodb", "service=wiki"),
      {},
      "the backup is of service wiki, not of nocodb: choose another backup",
    ],
    [
      "it does not say which service it is of",
      metadata.replace("service=nocodb\n", ""),
      {},
      "the backup is of service (not known), not of nocodb: choose another backup",
    ],
    [
      "its image is below the security floor",
      metadata.replace(prod.image, "nocodb/nocodb:0.301.3"),
      {},
      "image-below-security-floor",
    ],
  ])("%s", (_, text, env, words) => {
    expect(mismatches(prod, metadataIn(text), env)).toEqual([expect.stringContaining(words)]);
  });

  test("NocoDB is disabled", () => {
    expect(mismatches({ ...prod, subdomain: "" }, metadataIn(metadata), {})).toEqual([
      expect.stringContaining("subdomain is empty"),
    ]);
  });

  test("the message holds nothing of the key itself", () => {
    const messages = mismatches(prod, metadataIn(metadata.replace("none", fingerprint)), { [variable]: "hidden key" });
    expect(messages.join()).not.toContain("hidden");
  });
});
