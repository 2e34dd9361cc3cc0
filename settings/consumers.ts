import { z } from "zod";
import { hostPath, text } from "./checked.js";
import * as names from "./names.js";

const roles = ["creator", "viewer", "super-admin"] as const;
const baseRoles = ["creator", "editor", "commenter", "viewer"] as const;

/** Something beside NocoDB that calls its API with a token of its own; every default filled in. */
export interface Consumer {
  name: string;
  role: (typeof roles)[number];
  /** Role by title of the base. */
  bases: Record<string, (typeof baseRoles)[number]>;
  /** Absolute path on the host, within the base directory. */
  envFile: string;
  ownFile: boolean;
  /** Always "create" with `ownFile`. */
  missingFile: "error" | "create";
  baseUrl: "internal" | "site";
  container: string;
  /** One line for the host's shell. */
  recreate?: string;
}

/** The acknowledgement that lets a consumer hold the super admin's own token. */
export const withSuperAdmin = "consumer-with-super-admin";

const consumer = z.strictObject({
  role: z
    .enum(roles)
    .default("creator")
    .describe(
      "creator may create bases; viewer sees only the bases below; super-admin has the super admin's own rights and needs an acknowledgement.",
    ),
  bases: z
    .record(text(names.baseTitle), z.enum(baseRoles))
    .default({})
    .describe("Role in bases of others, by title of the base. Default: none."),
  envFile: hostPath()
    .optional()
    .describe(
      "File on the host that gets address and token. Default: <baseDirectory>/configs/<name>/<name>.env; with ownFile <baseDirectory>/configs/<name>/nocodb.env.",
    ),
  ownFile: z
    .boolean()
    .default(false)
    .describe(
      "false: a marked block in envFile, all else in it stays as it is. true: the whole file is the app's, a second env file beside the consumer's own.",
    ),
  missingFile: z
    .enum(["error", "create"])
    .optional()
    .describe("Whether a missing envFile stops the deploy or is created. Default: error; with ownFile always create."),
  baseUrl: z
    .enum(["internal", "site"])
    .default("internal")
    .describe(
      "NOCODB_BASE_URL. internal: NocoDB on the host's own network. site: https://<subdomain>.<domain>, with the other as NOCODB_INTERNAL_URL.",
    ),
  container: text(names.dockerName).optional().describe("Container of the consumer. Default: <project>_<name>."),
  recreate: text(names.command)
    .optional()
    .describe(
      "Command on the host that creates the container again, run as the deploy user when the container lacks what envFile says. Default: none, and the deploy says what to do.",
    ),
});

/** The consumers of an environment file, by name. */
export const consumers = z
  // The names are checked with the rules between settings, so that a wrong one hides nothing of what is below it.
  .record(z.string(), consumer)
  .default({})
  .describe("What calls NocoDB's API, by name: each gets a user and a token of its own, and both in its env file.");

/** The consumers sorted by name, with the defaults that depend on name, project and base directory. */
export function consumersWithDefaults(
  written: z.output<typeof consumers>,
  { project, baseDirectory }: { project: string; baseDirectory: string },
): Consumer[] {
  return Object.entries(written)
    .map(([name, { envFile, missingFile, container, recreate, ...settings }]) => ({
      name,
      ...settings,
      envFile: envFile ?? `${baseDirectory}/configs/${name}/${settings.ownFile ? "nocodb" : name}.env`,
      missingFile: settings.ownFile ? ("create" as const) : (missingFile ?? "error"),
      container: container ?? `${project}_${name}`,
      ...(recreate !== undefined && { recreate }),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
