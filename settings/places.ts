/** Where a service, its files and its records are on a host: NocoDB, or another one beside it. */
export function placesOf({ project, baseDirectory }: { project: string; baseDirectory: string }, service = "nocodb") {
  const configDirectory = `${baseDirectory}/configs/${service}`;
  return {
    containerName: `${project}_${service}`,
    configDirectory,
    recordsDirectory: `${configDirectory}/records`,
    secretsDirectory: `${configDirectory}/secrets`,
    environmentFile: `${configDirectory}/${service}.env`,
    dataDirectory: `${baseDirectory}/data/${service}`,
    backupsDirectory: `${baseDirectory}/backups/${service}`,
  };
}
