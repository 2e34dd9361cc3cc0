import { describe, expect, test } from "vitest";
import { metadataIn, mismatches } from "../../../../cli/backup/metadata.js";
import { environment } from "../../support/stack-of.js";

const prod = environment("prod");
const metadata = `service=nocodb\nreason=by schedule\nimage=${prod.image}\nrole=nocodb\nadmin=admin@example.com\n`;

describe("a backup fits an environment", () => {
  test("when super admin, role and image do", () => {
    expect(mismatches(prod, metadataIn(metadata), {})).toEqual([]);
  });

  test("also under another version of its image", () => {
    const text = metadata.replace(prod.image, prod.image.replace("09.0", "10.1"));
    expect(mismatches(prod, metadataIn(text), {})).toEqual([]);
  });

  test("also without a super admin's name", () => {
    expect(mismatches(prod, metadataIn(`service=nocodb\nimage=${prod.image}\nrole=nocodb\n`), {})).toEqual([]);
  });
});

describe("a backup is refused, with a remedy, when", () => {
  test.each([
    ["the super admin is another", metadata.replace("admin@", "root@"), "set admin.email to that"],
    [
      "the role is another",
      metadata.replace("role=nocodb", "role=noco"),
      "postgresql.role is nocodb, and the backup is of role noco",
    ],
    [
      "its image is of another repository",
      metadata.replace(prod.image, "ghcr.io/nocodb/nocodb:2026.09.0"),
      `image is ${prod.image}, and the backup is of ghcr.io/nocodb/nocodb:2026.09.0, an image of another repository: set image to that if it is to serve, or choose another backup`,
    ],
    [
      "it is of another service",
      metadata.replace("service=nocodb", "service=wiki"),
      "the backup is of service wiki, not of nocodb: choose another backup",
    ],
    [
      "it does not say which service it is of",
      metadata.replace("service=nocodb\n", ""),
      "the backup is of service (not known), not of nocodb: choose another backup",
    ],
    [
      "its image is below the security floor",
      metadata.replace(prod.image, "nocodb/nocodb:0.301.3"),
      "image-below-security-floor",
    ],
  ])("%s", (_, text, words) => {
    expect(mismatches(prod, metadataIn(text), {})).toEqual([expect.stringContaining(words)]);
  });

  test("NocoDB is disabled", () => {
    expect(mismatches({ ...prod, subdomain: "" }, metadataIn(metadata), {})).toEqual([
      expect.stringContaining("subdomain is empty"),
    ]);
  });
});
