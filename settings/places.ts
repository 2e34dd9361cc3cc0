/** The address that visitors type: that of the site, with a port if it is not the one of HTTPS. */
export function siteUrlOf(environment: {
  subdomain: string;
  domain: string;
  caddy: { publicPort?: number | undefined };
}) {
  const { publicPort = 443 } = environment.caddy;
  return `https://${environment.subdomain}.${environment.domain}${publicPort === 443 ? "" : `:${publicPort}`}`;
}

/** Where a service, its files and its records are on a host: NocoDB, or another one beside it. */
export function placesOf({ project, baseDirectory }: { project: string; baseDirectory: string }, service = "nocodb") {
  const configDirectory = `${baseDirectory}/configs/${service}`;
  return {
    containerName: `${project}_${service}`,
    configDirectory,
    recordsDirectory: `${configDirectory}/records`,
    secretsDirectory: `${configDirectory}/secrets`,
    copySecretsDirectory: `${configDirectory}/copy-secrets`,
    postgresqlSecretsDirectory: `${configDirectory}/postgresql-secrets`,
    environmentFile: `${configDirectory}/${service}.env`,
    dataDirectory: `${baseDirectory}/data/${service}`,
    backupsDirectory: `${baseDirectory}/backups/${service}`,
  };
}
