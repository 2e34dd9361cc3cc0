import { isIPv4 } from "node:net";
import { z } from "zod";
import { cpusText } from "../constructs/cpus.js";
import { backend, stateEncryption } from "./backend.js";
import { hostPath, obeys, text } from "./checked.js";
import { consumers, withSuperAdmin } from "./consumers.js";
import { belowFloor, pinnedImage, securityFloor } from "./image.js";
import { memoryForm, parseMemory } from "./memory.js";
import * as names from "./names.js";
import * as paths from "./paths.js";
import type { Finding } from "./problems.js";
import { calendarExpression } from "./schedule.js";
import { sshOption, sshOptionValue } from "./ssh-options.js";
import { variableName } from "./variables.js";

const list = (item: z.ZodType<string>) => z.array(item);

/** "384M" as MiB. A bare number is read as text, so that it is told apart from an amount with a unit. */
const memory = () =>
  z.preprocess(
    (value) => (typeof value === "number" ? String(value) : value),
    z
      .string()
      .check(obeys(memoryForm))
      .transform((value) => parseMemory(value)!),
  );

const port = (whose: string) => z.number().check(obeys((value) => portNumber(value, whose)));

function portNumber(value: number, whose: string): Finding | undefined {
  if (Number.isInteger(value) && value >= 1 && value <= 65535) return undefined;
  return { message: "must be a whole number between 1 and 65535", remedy: `set the port ${whose} listens on` };
}

function cpuShare(value: number): Finding | undefined {
  // Docker's smallest share is 0.01 of a processor; no host that runs this has more than 256.
  if (!(value >= 0.01 && value <= 256)) {
    return {
      message: "must be between 0.01 and 256",
      remedy: "set how many processors the container may use, such as 0.5",
    };
  }
  try {
    cpusText(value);
    return undefined;
  } catch {
    return {
      message: "is not read back as itself by the docker provider, so every plan would replace the container",
      remedy: "set a number with one digit after the point, such as 0.5",
    };
  }
}

function backupCount(value: number): Finding | undefined {
  if (Number.isInteger(value) && value >= 1 && value <= 1000) return undefined;
  return { message: "must be a whole number from 1 to 1000", remedy: "set how many backups to keep, such as 7" };
}

function subnet(value: string): Finding | undefined {
  const [address, prefix, ...rest] = value.split("/");
  const bits = Number(prefix);
  if (rest.length > 0 || !isIPv4(address!) || !/^\d{1,2}$/.test(prefix ?? "") || bits < 8 || bits > 29) {
    return { message: "is no IPv4 subnet with a prefix from /8 to /29", remedy: "write one such as 172.20.1.0/24" };
  }
  const number = address!.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const network = number - (number % 2 ** (32 - bits));
  if (network === number) return undefined;
  const start = [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join(".");
  return {
    message: "is an address within a subnet, not its first",
    remedy: "write the first address",
    suggestion: `did you mean ${start}/${bits}?`,
  };
}

function reason(value: string): Finding | undefined {
  if (value.trim().length >= 10) return undefined;
  return { message: "is no reason", remedy: "write in a sentence why this is accepted and until when" };
}

const network = (name: string, internal: boolean) =>
  z
    .union([
      text(names.dockerName),
      z.strictObject({
        name: text(names.dockerName).optional().describe(`Name of the network. Default: <project>_${name}.`),
        create: z
          .strictObject({
            subnet: text(subnet).optional().describe("IPv4 subnet, such as 172.20.1.0/24. Default: Docker chooses."),
            internal: z.boolean().default(internal).describe("Without a way to the outside."),
          })
          .optional()
          .describe("Create the network. Default: it exists on the host, and its absence is an error."),
      }),
    ])
    .optional();

/** One environment file. The descriptions are what editors show and what a reference is made of. */
export const environmentFile = z.strictObject({
  project: text(names.projectName).describe(
    "Project on the host; begins the names of its containers, networks and base directory.",
  ),
  domain: text(names.domainName).describe("Domain that the host's Caddy serves, such as example.com."),
  subdomain: text(names.subdomainLabel)
    .default("noco")
    .describe("NocoDB answers at <subdomain>.<domain>. Empty takes service and site away and keeps database and data."),
  ssh: z
    .strictObject({
      host: text(names.sshHost).describe("Name or address of the Docker host; an alias of ssh_config works too."),
      port: port("sshd").default(22).describe("Port of sshd, 1 to 65535."),
      user: text(names.sshUser).describe("Deploy user: may use Docker, and sudo without a password."),
      identityFile: z
        .string()
        .check(obeys(paths.localFile))
        .optional()
        .describe(
          "Private key on the machine that deploys; ~/ works. Default: the agent's keys and ssh's own defaults.",
        ),
      knownHosts: z
        .string()
        .check(obeys(paths.localFile))
        .optional()
        .describe("File with the host's verified key; ~/ works. Default: ~/.ssh/known_hosts."),
      configFile: z
        .string()
        .check(obeys(paths.sshConfigFile))
        .optional()
        .describe("ssh_config file on the machine that deploys; none reads no such file. Default: ssh's own."),
      options: z
        .record(text(sshOption), z.string().check(obeys(sshOptionValue)))
        .default({})
        .describe("Further ssh options, such as ProxyJump. What would weaken or break the connection is refused."),
    })
    .describe("The way to the Docker host."),
  baseDirectory: hostPath().optional().describe("Directory of the project on the host. Default: /opt/<project>."),
  image: text(pinnedImage)
    .default(`nocodb/nocodb:${securityFloor.version}`)
    .describe(`Image with a tag, a digest or both. The security floor is ${securityFloor.version}.`),
  memory: memory()
    .optional()
    .describe("Memory limit of the container, M or G, at least 220M. Default: 384M for prod, 256M for others."),
  memoryReservation: memory()
    .prefault("128M")
    .describe("Memory that Docker tries to keep free for the container, M or G; less than memory."),
  cpus: z.number().check(obeys(cpuShare)).default(0.5).describe("Processors the container may use, 0.01 to 256."),
  networks: z
    .strictObject({
      backend: network("backend", true).describe(
        "Network of the database: a name, or a mapping. Default: <project>_backend.",
      ),
      frontend: network("frontend", false).describe(
        "Network of Caddy: a name, or a mapping. Default: <project>_frontend.",
      ),
    })
    .prefault({})
    .describe("The two networks NocoDB is attached to."),
  postgresql: z
    .strictObject({
      container: text(names.dockerName).optional().describe("Container of PostgreSQL. Default: <project>_postgresql."),
      superuser: text(names.postgresqlName).default("postgres").describe("Superuser inside the container."),
      host: text(names.networkHost).default("postgresql").describe("Name of PostgreSQL on the backend network."),
      port: port("PostgreSQL").default(5432).describe("Port of PostgreSQL on the backend network, 1 to 65535."),
      database: text(names.postgresqlName, names.ordinaryDatabase).default("nocodb").describe("NocoDB's database."),
      role: text(names.postgresqlName, names.ordinaryRole)
        .default("nocodb")
        .describe("NocoDB's login role; owns the database."),
    })
    .prefault({})
    .describe("The PostgreSQL that is already on the host."),
  caddy: z
    .strictObject({
      container: text(names.dockerName).optional().describe("Container of Caddy. Default: <project>_caddy."),
      caddyfile: hostPath()
        .optional()
        .describe("Caddyfile on the host. Default: <baseDirectory>/configs/caddy/Caddyfile."),
      sitesDirectory: hostPath()
        .optional()
        .describe(
          "Directory on the host that the Caddyfile imports. Default: none, the site is a marked block in the Caddyfile.",
        ),
      snippets: list(text(names.snippetName))
        .default(["vpn_only", "vpn_error_page"])
        .describe(
          "Snippets of the Caddyfile that the site imports, in order. An empty list opens the site to everybody.",
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
  consumers,
  environment: z
    .record(z.string().check(obeys(variableName)), text())
    .default({})
    .describe("Further variables of the container. They stand in the plan: no secrets here."),
  backups: z
    .strictObject({
      directory: hostPath().optional().describe("Directory on the host. Default: <baseDirectory>/backups/nocodb."),
      keep: z.number().check(obeys(backupCount)).default(7).describe("How many of the newest stay, 1 to 1000."),
      schedule: text(calendarExpression)
        .optional()
        .describe(
          "When the host makes a backup by itself: systemd's OnCalendar, such as daily or Mon..Fri 03:00. Default: never.",
        ),
    })
    .prefault({})
    .describe("Backups of database and data directory; one is made before another image starts."),
  onDestroy: z
    .strictObject({
      database: fate("the database and its role, nocodb.env with them"),
      data: fate("NocoDB's own files"),
      backups: fate("the backups"),
    })
    .prefault({})
    .describe('What `cdktf destroy` does with what holds the data. With subdomain: "" all of it stays.'),
  acknowledgements: z
    .strictObject({
      [belowFloor]: text(reason)
        .optional()
        .describe("Why an image below the security floor, or one that cannot be judged, is accepted."),
      [withSuperAdmin]: text(reason).optional().describe("Why a consumer may hold the super admin's own token."),
      "super-admin-renamed": text(reason)
        .optional()
        .describe("Why another admin.email than that of the instance's present super admin is wanted."),
    })
    .prefault({})
    .describe("Risks that are accepted, each with its reason."),
  backend,
  stateEncryption,
});

function fate(what: string) {
  return z.enum(["keep", "delete"]).default("keep").describe(`Keep or delete ${what}.`);
}

/** What a valid file holds after zod; defaults that depend on name or project are still open. */
export type EnvironmentFile = z.output<typeof environmentFile>;

/** A whole value from the process environment, which may stand where a number or a boolean is wanted. */
const reference = "^\\$\\{env:[A-Za-z_][A-Za-z0-9_]*\\}$";

/** The JSON Schema that editors complete from: environments/schema.json. */
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

/** What environments/schema.json holds. */
export function schemaFileText(): string {
  return `${JSON.stringify(environmentJsonSchema(), null, 2)}\n`;
}
