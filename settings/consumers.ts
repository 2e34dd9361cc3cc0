import * as z from "zod";
import { hostPath, text } from "./rules/checks.js";
import * as names from "./rules/names.js";

/** The acknowledgement that lets a consumer have the super admin's own token. */
export const withSuperAdmin = "consumer-with-super-admin";

const consumer = z.strictObject({
  role: z
    .enum(["creator", "viewer", "super-admin"])
    .default("viewer")
    .describe(
      "viewer has only its roles in the bases below; creator may also create bases; super-admin has the super admin's own rights and needs an acknowledgement.",
    ),
  bases: z
    .record(text(names.baseTitle), z.enum(["creator", "editor", "commenter", "viewer"]))
    .default({})
    .describe("Role in bases, by title of the base. Each must exist in NocoDB or be listed in bases. Default: none."),
  envFile: hostPath()
    .optional()
    .describe(
      "File on the host that receives address and token. Default: <baseDirectory>/configs/<name>/<name>.env; with ownFile <baseDirectory>/configs/<name>/nocodb.env.",
    ),
  ownFile: z
    .boolean()
    .default(false)
    .describe(
      "false: the app writes a marked block in envFile and leaves the rest as it is. true: the app owns the whole file, a second env file beside the consumer's own.",
    ),
  missingFile: z
    .enum(["error", "create"])
    .optional()
    .describe("Whether a missing envFile stops the deploy or is created. Default: error; with ownFile always create."),
  baseUrl: z
    .enum(["internal", "site"])
    .default("internal")
    .describe(
      "NOCODB_BASE_URL. internal: NocoDB on the host's own network. site: https://<subdomain>.<domain>, with the internal one as NOCODB_INTERNAL_URL.",
    ),
  container: text(names.dockerName).optional().describe("Container of the consumer. Default: <project>_<name>."),
  recreate: text(names.command)
    .optional()
    .describe(
      "Command on the host that recreates the container, run as the deploy user if the container does not have the values of envFile. Default: none, and the deploy says what to do.",
    ),
});

/** The consumers of an environment file, by name. */
export const consumers = z
  // The cross-field rules check the names, so that an invalid name does not hide problems below it.
  .record(z.string(), consumer)
  .default({})
  .describe(
    "Services that call NocoDB's API, by name. Each gets its own user and token, and finds both in its env file.",
  );

/** A service that calls NocoDB's API with its own token; every default filled in. */
export type Consumer = ReturnType<typeof consumersWithDefaults>[number];

/** The consumers sorted by name, with the defaults that depend on name, project and base directory. */
export function consumersWithDefaults(
  written: z.output<typeof consumers>,
  { project, baseDirectory }: { project: string; baseDirectory: string },
) {
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
