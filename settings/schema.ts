import * as z from "zod";
import { consumers, withSuperAdmin } from "./consumers.js";
import { exportedFile, webhookAddress } from "./rules/alerts.js";
import { backend } from "./rules/backend.js";
import { hostPath, satisfies, text } from "./rules/checks.js";
import { copyRepository } from "./rules/copy-repository.js";
import { belowFloor, pinnedImage, securityFloor } from "./rules/image.js";
import { memoryForm, parseMemory } from "./rules/memory.js";
import * as names from "./rules/names.js";
import {
  backupCount,
  certificateDays,
  copyDays,
  cpuShare,
  diskPercent,
  hours,
  portNumber,
  proxyCount,
  replicaCount,
  rolloutSeconds,
} from "./rules/numbers.js";
import * as paths from "./rules/paths.js";
import { pinnedServerImage } from "./rules/postgresql.js";
import { calendarExpression, calendarExpressionOrOff } from "./rules/schedule.js";
import { sshOption, sshOptionValue } from "./rules/ssh-options.js";
import { bucketName, redisDatabase, redisHost, regionName, s3Endpoint } from "./rules/storage.js";
import { subnet } from "./rules/subnet.js";
import { SWARM_DEFAULTS } from "./rules/swarm.js";
import { secretName, variableName } from "./rules/variables.js";

/** "384M" as MiB. A bare number is read as text, so that a missing unit is reported. */
const memory = () =>
  z.preprocess(
    (value) => (typeof value === "number" ? String(value) : value),
    z
      .string()
      .check(satisfies(memoryForm))
      .transform((value) => parseMemory(value)!),
  );

const port = (server: string) => z.number().check(satisfies(portNumber(server)));

const destroyPolicy = (what: string) => z.enum(["keep", "delete"]).default("keep").describe(`Keep or delete ${what}.`);

const rollout = (what: string) =>
  z
    .strictObject({
      parallelism: z
        .number()
        .check(satisfies(replicaCount))
        .default(SWARM_DEFAULTS.rollout.parallelism)
        .describe(
          "How many replicas are replaced at once. A new image always starts with one, which migrates the database.",
        ),
      delay: z
        .number()
        .check(satisfies(rolloutSeconds))
        .default(SWARM_DEFAULTS.rollout.delay)
        .describe("Seconds between two batches, 0 to 3600."),
      monitor: z
        .number()
        .check(satisfies(rolloutSeconds))
        .default(SWARM_DEFAULTS.rollout.monitor)
        .describe(
          "Seconds for which a replaced replica is watched: if it ends within them, the update has failed. 0 to 3600.",
        ),
    })
    .describe(`The pace of ${what}.`);

const network = z
  .union([
    text(names.dockerName),
    z.strictObject({
      name: text(names.dockerName).optional().describe("Name of the network. Default: <project>_<key>."),
      create: z
        .strictObject({
          subnet: text(subnet).optional().describe("IPv4 subnet, such as 172.20.1.0/24. Default: Docker chooses."),
          internal: z
            .boolean()
            .optional()
            .describe("Without a route to the outside. Default: true for backend, false for others."),
        })
        .optional()
        .describe("Create the network. Default: it exists on the host, and its absence is an error."),
    }),
  ])
  .describe("Name of a Docker network, or a mapping. Default: <project>_<key>.");

/** One environment file. Editors show the descriptions. */
export const environmentFile = z.strictObject({
  project: text(names.projectName).describe(
    "Project on the host, which starts the names of its containers, networks and base directory.",
  ),
  domain: text(names.domainName).describe("Domain that the host's Caddy serves, such as example.com."),
  subdomain: text(names.subdomainLabel)
    .default("noco")
    .describe(
      "NocoDB answers at <subdomain>.<domain>. Empty: the service and its site are removed, database and data are kept.",
    ),
  ssh: z
    .strictObject({
      host: text(names.sshHost).describe("Name or address of the Docker host; an alias of ssh_config works too."),
      port: port("sshd")
        .optional()
        .describe("Port of sshd, 1 to 65535. Default: that of ssh_config for this host, or 22."),
      user: text(names.sshUser).describe("Deploy user: may use Docker, and sudo without a password."),
      identityFile: z
        .string()
        .check(satisfies(paths.localFile))
        .optional()
        .describe(
          "Private key on the machine that deploys; ~/ is expanded. Default: the agent's keys and ssh's own defaults.",
        ),
      knownHosts: z
        .string()
        .check(satisfies(paths.localFile))
        .optional()
        .describe("File with the host's verified key; ~/ is expanded. Default: ~/.ssh/known_hosts."),
      configFile: z
        .string()
        .check(satisfies(paths.sshConfigFile))
        .optional()
        .describe("ssh_config file on the machine that deploys; none reads no such file. Default: ssh's own."),
      options: z
        .record(text(sshOption), z.string().check(satisfies(sshOptionValue)))
        .default({})
        .describe(
          "Further ssh options, such as ProxyJump. Options that would weaken or break the connection are refused.",
        ),
    })
    .describe("SSH connection to the Docker host."),
  baseDirectory: hostPath().optional().describe("Directory of the project on the host. Default: /opt/<project>."),
  image: text(pinnedImage)
    .default(`nocodb/nocodb:${securityFloor.version}`)
    .describe(`Image with a tag, a digest or both. The security floor is ${securityFloor.version}.`),
  memory: memory()
    .optional()
    .describe(
      "Memory limit of the container, M or G, at least 220M. Default: 512M; for NocoDB 0.301.x, 384M for prod and 256M for others.",
    ),
  memoryReservation: memory()
    .prefault("128M")
    .describe("Memory that Docker tries to reserve for the container, M or G; less than memory."),
  usernsMode: z
    .literal("host")
    .optional()
    .describe(
      "host starts the container without the mapping of users that an engine with userns-remap gives to others. Such an engine needs it, because container and host must see the same owners of NocoDB's files.",
    ),
  cpus: z.number().check(satisfies(cpuShare)).default(0.5).describe("Processors the container may use, 0.01 to 256."),
  networks: z
    .record(text(names.networkKey), network)
    .default({})
    .describe(
      "Networks that NocoDB is attached to, by key. backend is the database's and frontend is Caddy's, which can be one; any other key is a further network.",
    ),
  engine: z
    .enum(["container", "swarm"])
    .default("container")
    .describe(
      "What runs NocoDB: container for one container of the host, or swarm for a service of the Docker Swarm that the host is a manager of (docs/cluster.md).",
    ),
  swarm: z
    .strictObject({
      replicas: z
        .number()
        .check(satisfies(replicaCount))
        .default(SWARM_DEFAULTS.replicas)
        .describe("How many NocoDB run at once, 1 to 100. More than one needs redis and attachments.s3."),
      node: text(names.nodeName)
        .optional()
        .describe(
          "Host name of the node that holds NocoDB's files, which must be the one that ssh.host reaches. Default: the files are in attachments.s3, and every node can run NocoDB.",
        ),
      constraints: z
        .array(text(names.placementConstraint))
        .default([])
        .describe("What a node must meet to run NocoDB, such as node.labels.disk == ssd."),
      endpointMode: z
        .enum(["vip", "dnsrr"])
        .default(SWARM_DEFAULTS.endpointMode)
        .describe(
          "What NocoDB's name resolves to: vip, one address that the kernel balances (needs IPVS), or dnsrr, the addresses of all replicas in turn.",
        ),
      update: rollout("an update").prefault({}),
      rollback: rollout("taking a failed update back").prefault({}),
    })
    .prefault({})
    .describe("How NocoDB runs in the Docker Swarm, if engine is swarm."),
  alias: text(names.networkAlias)
    .default("nocodb")
    .describe(
      "NocoDB's name on the networks, by which Caddy and other containers reach it. Two environments on one Caddy need different ones.",
    ),
  postgresql: z
    .strictObject({
      container: text(names.dockerName).optional().describe("Container of PostgreSQL. Default: <project>_postgresql."),
      superuser: text(names.postgresqlName)
        .default("postgres")
        .describe(
          "Superuser inside the container. Of a server elsewhere, its administrator: CREATEROLE and CREATEDB are enough.",
        ),
      host: text(names.networkHost)
        .optional()
        .describe("Name of PostgreSQL's container on the backend network. Default: postgresql."),
      port: port("PostgreSQL")
        .optional()
        .describe("Port of PostgreSQL on the backend network, 1 to 65535. Default: 5432."),
      database: text(names.postgresqlName, names.ordinaryDatabase).default("nocodb").describe("NocoDB's database."),
      role: text(names.postgresqlName, names.ordinaryRole)
        .default("nocodb")
        .describe("NocoDB's login role; owns the database."),
      external: z
        .strictObject({
          host: text(names.serverHost).describe(
            "Name or IPv4 address of the server, as the host and NocoDB's networks reach it.",
          ),
          port: port("PostgreSQL").default(5432).describe("Port of the server, 1 to 65535."),
          image: text(pinnedServerImage).describe(
            "Image whose psql, pg_dump and pg_restore are used on the host, such as postgres:17. Its major version must be at least the server's.",
          ),
          network: text(names.dockerName)
            .default("bridge")
            .describe("Docker network from which those programs connect. NocoDB connects from its own networks."),
          tls: z
            .strictObject({
              mode: z
                .enum(["verify-full", "require", "disable"])
                .default("verify-full")
                .describe(
                  "verify-full checks the server's certificate and the name in it, require only encrypts, disable does neither. There is no verify-ca, because NocoDB's driver cannot check a certificate without its name.",
                ),
              ca: hostPath()
                .optional()
                .describe(
                  "File on the host with the certificate authority in PEM format. Default: the authorities of the host's system, and for NocoDB those of Node.js.",
                ),
            })
            .prefault({})
            .describe("How the connections to the server are protected."),
        })
        .optional()
        .describe(
          "A PostgreSQL at an address of its own, managed or on another machine, instead of the container. `npx nocodb-host secret set prod POSTGRESQL_ADMIN_PASSWORD` gives its administrator's password, which stays on the host. Default: the container.",
        ),
    })
    .prefault({})
    .describe("The PostgreSQL that is already there: in a container of the host, or elsewhere."),
  caddy: z
    .strictObject({
      container: text(names.dockerName).optional().describe("Container of Caddy. Default: <project>_caddy."),
      caddyfile: hostPath()
        .optional()
        .describe("Caddyfile on the host. Default: <baseDirectory>/configs/caddy/Caddyfile."),
      sitesDirectory: hostPath()
        .optional()
        .describe(
          "Directory on the host that the Caddyfile imports. Default: none; the site is a marked block in the Caddyfile.",
        ),
      publicPort: port("the site")
        .optional()
        .describe(
          "Port that visitors use for the site, such as 8443 if that is forwarded to Caddy. NocoDB's own address contains it. Default: 443.",
        ),
      snippets: z
        .array(text(names.snippetName))
        .default(["vpn_only", "vpn_error_page"])
        .describe(
          "Snippets of the Caddyfile that the site imports, in order. An empty list opens the site to everyone.",
        ),
      contentSecurityPolicy: z
        .strictObject({
          allow: z
            .array(text(names.contentOrigin))
            .describe("Origins that the page may call besides its own, such as https://s3.example.com."),
        })
        .optional()
        .describe(
          "Stops NocoDB's page in the browser from calling third parties, by a Content-Security-Policy. Default: the page may call everyone.",
        ),
    })
    .prefault({})
    .describe("The Caddy that is already on the host."),
  admin: z
    .strictObject({
      email: text(names.emailAddress).optional().describe("Sign-in name of the super admin. Default: admin@<domain>."),
    })
    .prefault({})
    .describe("NocoDB's super admin."),
  bases: z
    .array(text(names.baseTitle))
    .default([])
    .describe("Titles of bases that are created if they are missing. They are never removed."),
  consumers,
  secureAttachments: z
    .boolean()
    .default(true)
    .describe("Attachments have only signed addresses, which expire. false: who knows an address can always read it."),
  trustedProxies: z
    .number()
    .check(satisfies(proxyCount))
    .default(1)
    .describe(
      "How many proxies are in front of NocoDB, 0 to 10: 1 is Caddy. NocoDB takes the client's address from them, for its audit log and rate limits. NocoDB 0.301.x trusts every proxy.",
    ),
  privateNetwork: z
    .strictObject({
      webhooks: z
        .boolean()
        .default(false)
        .describe(
          "Webhooks may call private addresses, such as http://n8n:5678. Who may edit a base can then reach every service on NocoDB's networks.",
        ),
      dataSources: z
        .boolean()
        .default(false)
        .describe(
          "Data sources may be at private addresses, such as the host's PostgreSQL. NocoDB 0.301.x accepts every address.",
        ),
    })
    .prefault({})
    .describe("What NocoDB may reach at private addresses, which it refuses otherwise."),
  redis: z
    .strictObject({
      host: text(redisHost).describe("Name of Redis on NocoDB's networks, or a host name or address."),
      port: port("Redis").default(6379).describe("Port of Redis, 1 to 65535."),
      tls: z.boolean().default(false).describe("Whether Redis expects TLS, with a certificate for redis.host."),
      database: z
        .number()
        .check(satisfies(redisDatabase))
        .default(0)
        .describe(
          "Number of a database that nothing else uses, 0 to 14: NocoDB empties it at each start. Jobs use the next number.",
        ),
      password: z
        .enum(["secret", "none"])
        .default("secret")
        .describe(
          "secret: `npx nocodb-host secret set prod REDIS_PASSWORD` gives the password, which stays on the host. none: Redis asks for none.",
        ),
    })
    .optional()
    .describe("Redis for NocoDB's cache, its jobs and messages between several NocoDBs. Default: in NocoDB's memory."),
  attachments: z
    .strictObject({
      s3: z
        .strictObject({
          endpoint: text(s3Endpoint)
            .optional()
            .describe("Address of the S3 server, which browsers must reach too. Default: that of AWS for the region."),
          bucket: text(bucketName).describe("Bucket, which must exist and should not be public."),
          region: text(regionName).describe("Region of the bucket, such as eu-central-1."),
          forcePathStyle: z
            .boolean()
            .default(false)
            .describe(
              "The bucket is in the path of an address, not in its host name; most servers other than AWS need it.",
            ),
        })
        .optional()
        .describe(
          "Bucket for attachments; its keys are the secrets NC_S3_ACCESS_KEY and NC_S3_ACCESS_SECRET. Backups do not contain it. Default: the data directory.",
        ),
    })
    .prefault({})
    .describe("Where NocoDB keeps attachments."),
  variables: z
    .record(z.string().check(satisfies(variableName)), text())
    .default({})
    .describe(
      "Further variables of the container. The plan shows them, so they must not be secrets; ${secret:NAME} in a value becomes the secret, percent-encoded.",
    ),
  secrets: z
    .array(text(secretName))
    .default([])
    .describe(
      "Names of further variables of the container whose values are secrets. `npx nocodb-host secret set prod NAME` gives the values, which stay on the host.",
    ),
  backups: z
    .strictObject({
      directory: hostPath().optional().describe("Directory on the host. Default: <baseDirectory>/backups/nocodb."),
      keep: z.number().check(satisfies(backupCount)).default(7).describe("How many of the newest to keep, 1 to 1000."),
      schedule: text(calendarExpression)
        .optional()
        .describe(
          "When the host makes a backup by itself, in the form of systemd's OnCalendar, such as daily or Mon..Fri 03:00. Default: never.",
        ),
      verify: text(calendarExpressionOrOff)
        .optional()
        .describe(
          "When the host tests by itself that the newest backup can be restored: off, daily, weekly, monthly, or a time as in schedule. Default: off.",
        ),
      copyTo: z
        .strictObject({
          repository: text(copyRepository).describe(
            "restic repository: a directory on the host (another disk, or a mount), sftp:user@host:/path, or s3:https://host/bucket.",
          ),
          keepDays: z
            .number()
            .check(satisfies(copyDays))
            .default(90)
            .describe("For how many days copies are kept, 1 to 36500."),
        })
        .optional()
        .describe("Encrypted copies of backups on another machine, made by restic on the host. Default: none."),
    })
    .prefault({})
    .describe("Backups of database and data directory. One is made before another image starts."),
  alerts: z
    .strictObject({
      webhook: text(webhookAddress)
        .optional()
        .describe(
          "Address that gets a POST with JSON for each change, or secret: `npx nocodb-host secret set prod ALERTS_WEBHOOK` gives the address, which stays on the host.",
        ),
      command: text(names.command)
        .optional()
        .describe(
          "Command for the host's shell, instead of a webhook: run as root, with the message on standard input.",
        ),
      diskPercent: z
        .number()
        .check(satisfies(diskPercent))
        .default(90)
        .describe("From how many percent on a disk with NocoDB's data counts as full, 50 to 99."),
      certificateDays: z
        .number()
        .check(satisfies(certificateDays))
        .default(14)
        .describe(
          "How many days before its end the site's certificate should have been renewed, 1 to 90; at most a sixth of its life.",
        ),
      backupHours: z
        .number()
        .check(satisfies(hours))
        .optional()
        .describe(
          "After how many hours a backup is too old, 1 to 8760. Default: two periods of backups.schedule; without a schedule never.",
        ),
      textfile: z
        .string()
        .check(satisfies(paths.hostPath, exportedFile))
        .optional()
        .describe("File for the textfile collector of Prometheus' node_exporter, ending in .prom. Default: none."),
    })
    .optional()
    .describe(
      "The host checks NocoDB every minute by a systemd timer, and tells a webhook or a command what breaks and what recovers. Default: nobody is told.",
    ),
  onDestroy: z
    .strictObject({
      database: destroyPolicy("the database, its role, nocodb.env and the secrets"),
      data: destroyPolicy("NocoDB's own files"),
      backups: destroyPolicy("the backups"),
    })
    .prefault({})
    .describe('What `cdktf destroy` does with the data. With subdomain: "" everything is kept.'),
  acknowledgements: z
    .strictObject({
      [belowFloor]: text(names.reason)
        .optional()
        .describe("Why an image below the security floor, or one that cannot be judged, is accepted."),
      [withSuperAdmin]: text(names.reason).optional().describe("Why a consumer may have the super admin's own token."),
      "local-attachments-left": text(names.reason)
        .optional()
        .describe("Why attachments in the data directory may be out of reach while attachments.s3 is set."),
      "super-admin-renamed": text(names.reason)
        .optional()
        .describe("Why admin.email differs from the present super admin's."),
    })
    .prefault({})
    .describe("Accepted risks, each with its reason."),
  backend,
});

/** The settings of a valid file, without the defaults that depend on its name or on other settings. */
export type EnvironmentFile = z.output<typeof environmentFile>;

/** A value from the process environment, which may take the place of a number or a boolean. */
const reference = "^\\$\\{env:[A-Za-z_][A-Za-z0-9_]*\\}$";

/** The JSON Schema from which editors complete settings. */
export function environmentJsonSchema(): z.core.JSONSchema.JSONSchema {
  const schema = z.toJSONSchema(environmentFile, {
    io: "input",
    override: ({ jsonSchema }) => {
      const { type } = jsonSchema;
      if (type === "number" || type === "boolean")
        Object.assign(jsonSchema, { type: [type, "string"], pattern: reference });
    },
  });
  return { ...schema, title: "Environment of NocoDB on a Docker host" };
}

/** The text of environments/schema.json. */
export function schemaFileText(): string {
  return `${JSON.stringify(environmentJsonSchema(), null, 2)}\n`;
}
