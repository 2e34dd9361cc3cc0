/** What init/inspect.sh prints of a host. Figures are in MiB. */
export interface HostFacts {
  readonly memory: { readonly total: number; readonly available: number };
  /** Free where Docker keeps its data. */
  readonly disk: number;
  readonly hasSystemd: boolean;
  /** The engine maps the users of containers to others. */
  readonly hasUserns: boolean;
  readonly networks: readonly string[];
  readonly containers: readonly Attached[];
  readonly postgresql: readonly Server[];
  readonly caddy: readonly Caddy[];
  /** Env files beside the Caddyfile. */
  readonly files: readonly string[];
  readonly managed: readonly (Attached & { readonly environment: string })[];
  readonly unmanaged: readonly Unmanaged[];
}

/** A container, and by network the names that it has there. */
export interface Attached {
  readonly container: string;
  readonly networks: Readonly<Record<string, readonly string[]>>;
}

export interface Server extends Attached {
  readonly superuser: string;
  /** The superuser needs no password. */
  readonly isOpen: boolean;
}

export interface Caddy extends Attached {
  /** On the host; undefined if it is not there. */
  readonly caddyfile: string | undefined;
  /** Of HTTPS, on the host. */
  readonly port: number | undefined;
  readonly snippets: readonly string[];
  readonly sites: readonly string[];
}

/** A NocoDB that the app did not create; what is undefined is unknown. */
export interface Unmanaged {
  readonly container: string;
  readonly version: string | undefined;
  /** In a PostgreSQL. */
  readonly database: string | undefined;
  /** Of its super admin. */
  readonly email: string | undefined;
  readonly url: string | undefined;
}

/** The facts in the lines of init/inspect.sh. */
export function hostFacts(printed: string): HostFacts {
  const lines = printed.split("\n").map((line) => line.trim().split(" "));
  /** The words after a key, of each of its lines. */
  const all = (key: string) => lines.filter(([first]) => first === key).map(([, ...words]) => words);
  const names = (key: string) => all(key).map(([name = ""]) => name);
  /** The values that the lines of a key have for a container. */
  const valuesOf = (key: string, container: string) =>
    all(key).flatMap(([of, ...value]) => (of === container ? [value.join(" ")] : []));
  const firstOf = (key: string, container: string) => valuesOf(key, container)[0];
  const [[total = 0, available = 0] = []] = all("memory").map((words) => words.map(Number));
  return {
    memory: { total, available },
    disk: Number(names("disk")[0] ?? 0),
    hasSystemd: all("systemd").length > 0,
    hasUserns: all("userns").length > 0,
    networks: names("network"),
    containers: all("container").map(([container = "", ...networks]) => ({
      container,
      networks: attachments(networks),
    })),
    postgresql: all("postgresql").map(([container = "", superuser = "", open, ...networks]) => ({
      ...{ container, superuser, isOpen: open === "yes", networks: attachments(networks) },
    })),
    caddy: all("caddy").map(([container = "", ...networks]) => {
      const port = firstOf("port", container);
      return {
        ...{ container, networks: attachments(networks), caddyfile: firstOf("caddyfile", container) },
        port: port === undefined ? undefined : Number(port),
        ...{ snippets: valuesOf("snippet", container), sites: valuesOf("site", container) },
      };
    }),
    files: all("file").map((words) => words.join(" ")),
    managed: all("managed").map(([container = "", environment = "", ...networks]) => ({
      ...{ container, environment, networks: attachments(networks) },
    })),
    unmanaged: names("unmanaged").map((container) => ({
      ...{ container, version: firstOf("version", container), database: firstOf("database", container) },
      ...{ email: firstOf("email", container), url: firstOf("url", container) },
    })),
  };
}

/** `NETWORK,ALIAS,…` as a mapping. */
function attachments(words: readonly string[]): Record<string, string[]> {
  return Object.fromEntries(
    words.map((word) => {
      const [network = "", ...aliases] = word.split(",");
      return [network, aliases];
    }),
  );
}
