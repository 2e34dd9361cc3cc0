/** One consumer, as configured, and what the host knows of it. */
export interface Consumer {
  readonly name: string;
  readonly role: "creator" | "viewer" | "super-admin";
  /** Role in bases by their titles. */
  readonly bases: ReadonlyMap<string, string>;
  /** The token in its lines; empty if there is none. */
  readonly token: string;
  /** The id of the token that the last run recorded. */
  readonly recordedToken: string;
  /** The roles of the user that do not belong to a base, as recorded. */
  readonly recordedRoles: string;
}

/** A base as the last run saw it. */
export interface RecordedBase {
  readonly id: string;
  readonly title: string;
}

export interface Input {
  readonly phase: "reconcile" | "finish" | "remove";
  /** NocoDB's, as `HOST:PORT`. */
  readonly address: string;
  /** Seconds for one request. */
  readonly timeout: number;
  /** NocoDB's container and the env file with the super admin's password, for messages. */
  readonly container: string;
  readonly secretsFile: string;
  readonly email: string;
  readonly password: string;
  /** The super admin's session from an earlier phase; empty if there is none. */
  readonly session: string;
  /** A consumer that gets a new token; empty if there is none. */
  readonly rotate: string;
  /** Whether the last run came to its end. */
  readonly complete: boolean;
  /** Titles of bases to create if they are missing. */
  readonly bases: readonly string[];
  /** All bases that the last run saw. */
  readonly recordedBases: readonly RecordedBase[];
  readonly consumers: readonly Consumer[];
  /** Names of consumers that the last run knew. */
  readonly former: readonly string[];
  /** Tokens that are deleted, and may still be accepted. */
  readonly revoked: readonly string[];
  /** Sessions of the consumers' users from an earlier phase. */
  readonly sessions: readonly { readonly name: string; readonly userId: string; readonly session: string }[];
}

/**
 * Reads the input, one fact a line: `KEY VALUE`, or `consumer NAME KEY VALUE` for those of a consumer. See
 * call-api.sh.
 */
export function readInput(text: string): Input {
  const lines = text.split("\n").filter((line) => line !== "");
  const all = (key: string) =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const one = (key: string) => all(key).at(-1) ?? "";
  const names = all("consumer").flatMap((line) => /^([^ ]+) role /.exec(line)?.[1] ?? []);
  return {
    ...{
      phase: one("phase") as Input["phase"],
      address: one("address"),
      timeout: Number(one("timeout") || "60"),
      container: one("container"),
    },
    ...{ secretsFile: one("secrets_file"), email: one("email"), password: one("password"), session: one("session") },
    ...{ rotate: one("rotate"), complete: one("complete") === "yes", bases: all("base") },
    recordedBases: all("recorded_base")
      .map(splitOnce)
      .map(([id, title]) => ({ id, title })),
    ...{ former: all("former"), revoked: all("revoked") },
    sessions: all("session_of").map((line) => {
      const [name = "", userId = "", session = ""] = line.split(" ");
      return { name, userId, session };
    }),
    consumers: names.map((name) => readConsumer(name, (key) => all(`consumer ${name} ${key}`))),
  };
}

function readConsumer(name: string, all: (key: string) => string[]): Consumer {
  return {
    name,
    role: (all("role")[0] ?? "viewer") as Consumer["role"],
    bases: new Map(
      all("bases")
        .map(splitOnce)
        .map(([role, title]) => [title, role]),
    ),
    token: all("token").at(-1) ?? "",
    recordedToken: all("recorded_token").at(-1) ?? "",
    recordedRoles: all("recorded_roles").at(-1) ?? "",
  };
}

/** The text before the first blank, and the text after it. */
function splitOnce(line: string): [string, string] {
  const at = line.indexOf(" ");
  return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
}

/** Prints a fact, `KEY VALUE`, for the shell. */
export type Print = (key: string, ...values: string[]) => void;
