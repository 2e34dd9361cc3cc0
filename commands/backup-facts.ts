import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import type { Environment } from "../settings/environment.js";
import { formatProblems } from "../settings/environment.js";
import { checkEnvironment } from "../settings/read.js";

/** What a backup says of itself: the lines name=value of its file `about`. */
export type Facts = Readonly<Record<string, string>>;

export function factsIn(about: string): Facts {
  const lines = about.split("\n").filter((line) => line.includes("="));
  return Object.fromEntries(lines.map((line) => [line.replace(/=.*/, ""), line.replace(/^[^=]*=/, "")]));
}

/** Where an environment's file is, and its text with the image of a backup: comments and all else stay. */
export function fileWithImage(environment: Environment, image: string): { file: string; text: string } {
  const file = path.join(process.env.NOCODB_ENVIRONMENTS ?? "environments", `${environment.name}.yaml`);
  const document = parseDocument(readFileSync(file, "utf8"));
  if (image !== "") document.set("image", image);
  return { file, text: document.toString({ lineWidth: 0 }) };
}

/** Why a backup cannot be restored into an environment, each with what to do; the host is not asked. */
export function mismatches(environment: Environment, facts: Facts, env: NodeJS.ProcessEnv): string[] {
  const found: string[] = [];
  const { admin, role = "", image = "", connection_key: key = "" } = facts;
  if (environment.subdomain === "") found.push("subdomain is empty, so NocoDB would not run: set it");
  if (admin && admin !== environment.admin.email && !environment.acknowledgements["super-admin-renamed"]) {
    found.push(
      `admin.email is ${environment.admin.email}, and the backup's super admin is ${admin}: set admin.email to that`,
    );
  }
  if (role !== "" && role !== environment.postgresql.role) {
    found.push(`postgresql.role is ${environment.postgresql.role}, and the backup is of role ${role}: set it to that`);
  }
  const wrongKey = keyMismatch(environment, key, env.TF_VAR_nocodb_connection_encrypt_key ?? "");
  if (wrongKey !== undefined) found.push(wrongKey);
  const { problems } = checkEnvironment(environment.name, fileWithImage(environment, image).text, env);
  if (problems.length > 0) {
    const { file } = fileWithImage(environment, "");
    const told = formatProblems([{ environment: environment.name, file, problems }]);
    found.push(`the backup is of image ${image}, with which the environment file would not be valid:\n${told}`);
  }
  return found;
}

/** In a run elsewhere the key is not known here; the deploy then sees to it. */
function keyMismatch(environment: Environment, print: string, given: string): string | undefined {
  const variable = "TF_VAR_nocodb_connection_encrypt_key";
  const elsewhere = environment.backend.type === "cloud" && given === "";
  if (print === "" || print === "unknown" || elsewhere) return undefined;
  if (print === "none") {
    return given === "" ? undefined : `${variable} is set, and the backup was made without a key: unset it`;
  }
  const [salt, sum] = print.split(":");
  if (createHash("sha256").update(`${salt}${given}`).digest("hex") === sum) return undefined;
  const is = given === "" ? "is not set" : "holds another key";
  return `${variable} ${is}, and with another one than that of the backup NocoDB could not read its data: give it the value that NC_CONNECTION_ENCRYPT_KEY had in nocodb.env then`;
}
