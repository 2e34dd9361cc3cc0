import { configDirectory, type Environment } from "./defaults.js";

/** Where NocoDB, its files and the app's records are on the environment's host. */
export function placesOf({ project, baseDirectory }: Pick<Environment, "project" | "baseDirectory">) {
  const directory = configDirectory({ baseDirectory });
  return {
    containerName: `${project}_nocodb`,
    configDirectory: directory,
    recordsDirectory: `${directory}/records`,
    environmentFile: `${directory}/nocodb.env`,
    dataDirectory: `${baseDirectory}/data/nocodb`,
  };
}
