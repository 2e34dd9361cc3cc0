import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { SERVICE } from "../../constructs/nocodb/nocodb-props.js";
import { parseImage } from "../../constructs/service-container/image-reference.js";
import { type Environment, formatProblems } from "../../settings/environment.js";
import { checkEnvironment } from "../../settings/read.js";
import { environmentFile } from "../environment-files.js";

/** The lines name=value of a backup's file `metadata`. */
export type Metadata = Readonly<Record<string, string>>;

export function metadataIn(text: string): Metadata {
  const lines = text.split("\n").filter((line) => line.includes("="));
  return Object.fromEntries(lines.map((line) => [line.replace(/=.*/, ""), line.replace(/^[^=]*=/, "")]));
}

/** The path of an environment's file, and its text with the image of a backup: comments and all other settings stay. */
export function fileWithImage(environment: Environment, image: string): { file: string; text: string } {
  const file = environmentFile(environment.name);
  const document = parseDocument(readFileSync(file, "utf8"));
  if (image !== "") document.set("image", image);
  return { file, text: document.toString({ lineWidth: 0 }) };
}

/** Why a backup cannot be restored into an environment, each reason with a remedy; the host is not asked. */
export function mismatches(environment: Environment, metadata: Metadata, env: NodeJS.ProcessEnv): string[] {
  return [
    serviceMismatch(metadata),
    environment.subdomain === "" ? "subdomain is empty, so NocoDB would not run: set it" : undefined,
    adminMismatch(environment, metadata),
    roleMismatch(environment, metadata),
    imageMismatch(environment, metadata, env),
  ].filter((each) => each !== undefined);
}

function serviceMismatch({ service = "" }: Metadata): string | undefined {
  if (service === SERVICE) return undefined;
  return `the backup is of service ${service || "(not known)"}, not of ${SERVICE}: choose another backup`;
}

function adminMismatch({ admin, acknowledgements }: Environment, metadata: Metadata): string | undefined {
  if (!metadata.admin || metadata.admin === admin.email || acknowledgements["super-admin-renamed"]) return undefined;
  return `admin.email is ${admin.email}, and the backup's super admin is ${metadata.admin}: set admin.email to that`;
}

function roleMismatch({ postgresql }: Environment, { role = "" }: Metadata): string | undefined {
  if (role === "" || role === postgresql.role) return undefined;
  return `postgresql.role is ${postgresql.role}, and the backup is of role ${role}: set it to that`;
}

/** The restore sets `image` to the backup's, so that must be another version of the same image, and valid. */
function imageMismatch(environment: Environment, { image = "" }: Metadata, env: NodeJS.ProcessEnv): string | undefined {
  const [own, other] = [environment.image, image].map((each) => parseImage(each)?.repository);
  if (image !== "" && own !== other) {
    return `image is ${environment.image}, and the backup is of ${image}, an image of another repository: set image to that if it is to serve, or choose another backup`;
  }
  const { file, text } = fileWithImage(environment, image);
  const { problems } = checkEnvironment(environment.name, text, env);
  if (problems.length === 0) return undefined;
  const lines = formatProblems([{ environment: environment.name, file, problems }]);
  return `the backup is of image ${image}, with which the environment file would not be valid:\n${lines}`;
}
