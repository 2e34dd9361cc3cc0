/** What a host of the gallery is made of: data only, so that a reader sees the Caddyfile as its owner wrote it. */

/** A Caddy as people run it. */
export interface GalleryCaddy {
  /** Files below `configs/caddy` of the host's base directory, with the Caddyfile. */
  readonly files: Readonly<Record<string, string>>;
  /** A shell script that makes further files there, with certificates for the domain $1. */
  readonly prepare?: string;
  /** The path of the Caddyfile there. @default Caddyfile */
  readonly caddyfile?: string;
  /** The name of the container, after that of the project. @default _gallery_caddy */
  readonly container?: string;
  /** How the container gets those files: the directory, or the Caddyfile alone. @default directory */
  readonly mount?: "directory" | "read-only directory" | "file";
  /** Further options of docker run. */
  readonly options?: readonly string[];
  /** The network of the container, or another value of `--network`. @default frontend */
  readonly network?: string;
  /** Networks that it is attached to afterwards. */
  readonly furtherNetworks?: readonly string[];
  /** A shell command that runs Caddy. @default the image's */
  readonly command?: string;
  /** Where it listens in the container. @default 80 and 443 */
  readonly ports?: { readonly http: number; readonly https: number };
  /** Whether its ports are published; one in the network of another container, or of the host, has none. @default true */
  readonly isPublished?: boolean;
}

/** A PostgreSQL of the host's own. Without one, a host uses the lab's. */
export interface GalleryPostgresql {
  readonly superuser: string;
  /** Further options of docker run. */
  readonly options?: readonly string[];
  /** SQL that its owner ran. */
  readonly sql?: string;
  /** A query in a database `nocodb` that exists before the deploy, whose answer the app must not change. */
  readonly unchanged?: string;
  /** Lines in front of pg_hba.conf. */
  readonly access?: string;
}

/** A container that a neighbour's site leads to: it answers any request with its name. */
export interface GalleryApp {
  /** Also its name on its networks. */
  readonly name: string;
  readonly port: number;
  /** @default frontend */
  readonly network?: string;
  readonly options?: readonly string[];
}

/** An address that is requested once a second. */
export interface Neighbour {
  /** The host name, before the domain. */
  readonly site: string;
  /** @default / */
  readonly path?: string;
  /** @default https */
  readonly scheme?: "http" | "https";
}

export interface GalleryHost {
  /** The kind, in the words of docs/hosts.md. */
  readonly title: string;
  readonly caddy: GalleryCaddy;
  readonly postgresql?: GalleryPostgresql;
  readonly apps?: readonly GalleryApp[];
  readonly neighbours: readonly Neighbour[];
  /** The machine sees the processes of its containers, as a real one does; that of the lab is a container itself. */
  readonly seesProcesses?: boolean;
  /** Further networks of the host, by their names after that of the project. */
  readonly networks?: readonly string[];
  /** Settings of the environment file by their dotted paths, beside those that name Caddy and PostgreSQL. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A host that the plan refuses, in these words. */
export interface RefusedHost extends GalleryHost {
  readonly refused: readonly string[];
  /** The host after the refusal's advice was followed; it is deployed to. @default only the refusal counts */
  readonly advised?: GalleryHost;
}
