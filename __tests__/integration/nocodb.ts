import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import { type NocodbConsumer, renderConsumers } from "../../constructs/nocodb/consumers/nocodb-consumers.js";
import { must } from "../../lab/command.js";
import { IMAGES } from "../../lab/images.js";
import { eventually } from "../../lab/site.js";
import { ownName, remove, start } from "./containers.js";
import { asRoot, HOSTILE, type Input, instance, type Outcome, type RunOptions, run, scratch } from "./host.js";

/** With characters that a shell, an env file or JSON could stumble over. */
export const ADMIN = { email: "Admin@it.example.com", password: `${HOSTILE.quotes}${HOSTILE.dollar}\\n%41` };

/** An answer of NocoDB; a test reads few of its fields. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of another program
export type Answer = { readonly status: number; readonly body: any };

export interface Credential {
  readonly "xc-auth"?: string;
  readonly "xc-token"?: string;
}

export interface Token {
  readonly id: string;
  readonly token: string;
  readonly description: string;
  readonly fk_user_id: string;
}

export interface User {
  readonly id: string;
  readonly email: string;
  readonly roles: string;
}

export type Wanted = Partial<NocodbConsumer> & { readonly name: string };

/** The description of a token of the app. */
export const described = (name: string): string => `${name} (kept by cdktf)`;
export const emailOf = (name: string): string => `${name}@consumers.invalid`;

/** The lines in a consumer's env file, with the marks around them. */
export const blockOf = (name: string, token: string, newlineAdded = false): string => {
  const mark = `nocodb ${name} (kept by cdktf)`;
  const begin = `# BEGIN ${mark}${newlineAdded ? ", newline added" : ""}`;
  return `${begin}\nNOCODB_BASE_URL=http://nocodb:8080\nNOCODB_API_TOKEN=${token}\n# END ${mark}\n`;
};

/** The token in a file's lines. */
export const tokenIn = (content: string): string => /^NOCODB_API_TOKEN=(.*)$/m.exec(content)?.[1] ?? "";

/** A NocoDB that the tests may break, on a database of its own, there while the tests of a file run. */
export function ownNocodb(name: string) {
  return ownService(name, startNocodb, []);
}

/** The model of a calendar version, on the Node.js of NocoDB's image. */
export function ownCalendarNocodb(name: string) {
  const folder = fileURLToPath(new URL("../../lab/calendar-nocodb", import.meta.url));
  const mount = ["--volume", `${folder}:/model:ro`, "--env", "NC_TOOL_DIR=/tmp"];
  const begin = (container: string) => startNocodb(container, mount, ["node", "/model/server.mjs"]);
  return ownService(name, begin, []);
}

/** A NocoDB whose answers can be changed, as another version may answer differently. */
export function ownOtherNocodb(name: string) {
  const behind = ownName(`nocodb_${name}_behind`);
  const program = readFileSync(new URL("./fault-injection/other-answers.cjs", import.meta.url), "utf8");
  const begin = async (container: string) => {
    await startNocodb(behind);
    await start(container, IMAGES.nocodb, REACHABLE, ["node", "-e", program, behind]);
  };
  const nocodb = ownService(name, begin, [behind]);
  return {
    ...nocodb,
    /** Changes its answers from now on, by the question; `{}` restores NocoDB's own. */
    answer: (answers: Readonly<Record<string, OtherAnswer>>): Promise<Answer> => nocodb.ask("PUT", "/it", answers),
  };
}

export interface OtherAnswer {
  readonly status?: number;
  readonly body?: string;
  /** Regular expressions in NocoDB's own answer, and their replacements. */
  readonly replaces?: readonly (readonly [string, string])[];
  /** Prints NocoDB's own answer on many lines. */
  readonly pretty?: boolean;
  /** The connection ends before an answer, or before the end of NocoDB's own. */
  readonly breaks?: "before" | "within";
}

const REACHABLE = ["--network", instance.frontend.name, "--publish", "127.0.0.1::8080"];

function startNocodb(container: string, more: string[] = [], command: string[] = []): Promise<void> {
  const { email: NC_ADMIN_EMAIL, password: NC_ADMIN_PASSWORD } = ADMIN;
  const env = { NC_ADMIN_EMAIL, NC_ADMIN_PASSWORD, NC_DISABLE_TELE: "true" };
  const settings = [...REACHABLE, ...more, ...Object.keys(env).flatMap((each) => ["--env", each])];
  return start(container, IMAGES.nocodb, settings, command, { env });
}

/** A service with NocoDB's API, and the programs for its consumers, with a folder of its own on the host. */
function ownService(name: string, begin: (container: string) => Promise<void>, others: readonly string[]) {
  const container = ownName(`nocodb_${name}`);
  const directory = scratch(`consumers_${name}`);
  const records = `${directory}/records`;
  const envFile = `${directory}/nocodb.env`;
  const secrets = `${directory}/secrets`;
  let address = "";
  let admin: Credential = {};

  const ask = async (method: string, path: string, body?: object, credential: Credential = admin): Promise<Answer> => {
    const headers = { "content-type": "application/json", ...credential };
    const signal = AbortSignal.timeout(10_000);
    const response = await fetch(address + path, {
      ...{ method, headers, signal },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text };
  };

  const signIn = async (email: string, password: string): Promise<Credential> => {
    const { status, body } = await ask("POST", "/api/v1/auth/user/signin", { email, password }, {});
    if (status !== 200) throw new Error(`${email} cannot sign in: ${status} ${JSON.stringify(body)}`);
    return { "xc-auth": body.token };
  };

  /** Waits until it answers, and signs in as the super admin. */
  const ready = async () => {
    address = `http://${await must(["docker", "port", container, "8080"])}`;
    // While it starts, it may leave a question with a body unanswered for good.
    await eventually(180, async () => {
      const { status } = await ask("GET", "/api/v1/db/meta/nocodb/info", undefined, {});
      if (status !== 200) throw new Error(`${container} answers ${status}`);
    });
    admin = await signIn(ADMIN.email, ADMIN.password);
  };

  /** Puts a password of the super admin into use. */
  const usePassword = (password: string) =>
    asRoot('umask 077; printf "NC_ADMIN_PASSWORD=%s\\n" "$2" >"$1/values"', secrets, password);

  beforeAll(async () => {
    const made = begin(container);
    await asRoot('printf "NC_ADMIN_EMAIL=%s\\n" "$2" >"$1"; mkdir "$3"', envFile, ADMIN.email, secrets);
    await usePassword(ADMIN.password);
    await made;
    await ready();
  });
  afterAll(() => remove(container, ...others));

  /** A consumer with defaults for what a test does not name. Its env file is in the folder. */
  const consumer = ({ name: own, ...more }: Wanted): NocodbConsumer => ({
    ...{ name: own, role: "creator", bases: {}, envFile: `${directory}/${own}.env`, ownFile: false },
    ...{ missingFile: "create", container: ownName(own), variables: { NOCODB_BASE_URL: "http://nocodb:8080" } },
    ...more,
  });
  const place = { records, key: "it" };

  return {
    ...{ container, directory, records, envFile, secrets, ask, signIn, usePassword },

    /** Applies the whole set of consumers. */
    apply(consumers: readonly Wanted[], more: Input = {}, options?: RunOptions): Promise<Outcome> {
      const rendered = renderConsumers(consumers.map(consumer));
      const input = {
        ...{ api_container: container, port: "8080", env_file: envFile, secrets, deploy_user: "deploy", bases: "" },
        ...{ database_container: instance.containers.postgresql, superuser: "postgres" },
      };
      return run(
        "nocodb/consumers/apply",
        { ...place, status: "new", ...input, consumers: rendered, ...more },
        options,
      );
    },

    rotate: (own: string): Promise<Outcome> => run("nocodb/consumers/apply", { ...place, rotate: own }),

    remove: (): Promise<Outcome> => run("nocodb/consumers/remove", { ...place, api_container: container }),

    /** The status of the consumers that the probe prints. */
    async status(): Promise<string> {
      const { stdout, stderr } = await run("remote-host/probe", { records, requirements: "" });
      if (stderr !== "") throw new Error(stderr);
      return JSON.parse(stdout).it;
    },

    /** A consumer's env file, and the token that stands in it. */
    read: (own: string): Promise<string> => asRoot('cat -- "$1"', `${directory}/${own}.env`),
    write: (own: string, content: string): Promise<string> =>
      asRoot('umask 077; printf %s "$2" >"$1"', `${directory}/${own}.env`, content),
    token: async (own: string): Promise<string> => tokenIn(await asRoot('cat -- "$1"', `${directory}/${own}.env`)),

    users: async (): Promise<User[]> => (await ask("GET", "/api/v1/users?limit=1000")).body.list,
    tokens: async (): Promise<Token[]> => (await ask("GET", "/api/v1/tokens?limit=1000")).body.list,
    userOf: async (own: string): Promise<User> =>
      (await ask("GET", "/api/v1/users?limit=1000")).body.list.find((each: User) => each.email === emailOf(own)),

    /** What a token gets when it lists its bases: 200 or 401. */
    opens: async (token: string): Promise<number> =>
      (await ask("GET", "/api/v2/meta/bases", undefined, { "xc-token": token })).status,
    whose: async (token: string): Promise<string> =>
      (await ask("GET", "/api/v1/auth/user/me", undefined, { "xc-token": token })).body.email,

    /** Someone makes a token by hand, as that user or as the super admin. */
    tokenByHand: async (description: string, session: Credential = admin): Promise<Token> =>
      (await ask("POST", "/api/v1/tokens", { description }, session)).body,

    /** Someone makes an account by hand. */
    async userByHand(email: string, roles = "org-level-creator"): Promise<Credential> {
      const password = "by hand by hand";
      const { body } = await ask("POST", "/api/v1/users", { email, roles });
      await ask("POST", "/api/v1/auth/user/signup", { email, password, token: body.invite_token }, {});
      return signIn(email, password);
    },

    baseByHand: async (title: string, credential: Credential = admin): Promise<string> =>
      (await ask("POST", "/api/v2/meta/bases", { title }, credential)).body.id,
  };
}
