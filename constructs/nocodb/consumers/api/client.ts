/**
 * An answer that this app does not know. The app was tested with NocoDB 0.301.3, and holds what it assumes of other
 * versions against their answers.
 */
export class UnknownAnswer extends Error {}

/** NocoDB did not answer within the time limit, or closed the connection. */
export class NoAnswer extends Error {}

/** The headers of a caller: a session (`xc-auth`), an API token (`xc-token`), or none. */
export type Credential = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  /** Parsed JSON. Undefined if the body is something else. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of another program
  readonly body: any;
  /** The request, for messages: without what follows /reset/, which is a credential. */
  readonly request: string;
}

/** NocoDB's HTTP API. */
export class Client {
  /** As NocoDB says itself; `of unknown version` until then. */
  version = "of unknown version";

  /**
   * @param address such as `http://127.0.0.1:8080`
   * @param timeout of one request, in seconds. A NocoDB that has just started answers late, because requests that
   *   waited for it come first.
   */
  constructor(
    private readonly address: string,
    private readonly timeout: number,
  ) {}

  /** @throws NoAnswer */
  async send(method: string, path: string, credential: Credential, body?: object): Promise<Answer> {
    const request = `${method} ${path.replace(/(\/reset\/).*/, "$1")}`;
    const headers = { "content-type": "application/json", ...credential };
    try {
      const response = await fetch(this.address + path, {
        ...{ method, headers, redirect: "manual", signal: AbortSignal.timeout(this.timeout * 1000) },
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: parsed(await response.text()), request };
    } catch (error) {
      throw new NoAnswer(`NocoDB stopped answering: ${request} (${reasonOf(error)})`);
    }
  }

  /** For an answer other than those that the caller knows. */
  unknown(action: string, { status, body, request }: Answer, detail = ""): UnknownAnswer {
    const said = body?.message ?? body?.msg;
    const answer = typeof said === "string" ? `${status} "${said}"` : `${status}`;
    return new UnknownAnswer(
      `NocoDB ${this.version} did not ${action}: it answered ${answer} to ${request}${detail}, which this app does not expect. Is this version newer than those that the app was tested with?`,
    );
  }

  /** What NocoDB says of itself. Its version is kept for messages. */
  async info(): Promise<Info> {
    const answer = await this.send("GET", "/api/v1/db/meta/nocodb/info", {});
    const { version, inviteOnlySignup, ncDefaultWorkspaceId } = answer.body ?? {};
    if (typeof version === "string") this.version = version;
    return { answer, inviteOnly: inviteOnlySignup === true, workspace: ncDefaultWorkspaceId };
  }
}

export interface Info {
  readonly answer: Answer;
  /** Whether only invited users may sign up. */
  readonly inviteOnly: boolean;
  /** The id of the default workspace. Some versions do not say it. */
  readonly workspace?: string | undefined;
}

/** The elements of an answer that is a list. @throws UnknownAnswer */
// biome-ignore lint/suspicious/noExplicitAny: JSON of another program
export function listIn(client: Client, action: string, answer: Answer): any[] {
  const list = answer.body?.list ?? answer.body?.users?.list;
  if (answer.status !== 200 || !Array.isArray(list)) throw client.unknown(action, answer);
  return list;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const { cause, name, message } = error as Error;
  return (
    (cause as NodeJS.ErrnoException | undefined)?.code ?? (name === "TimeoutError" ? "no answer in time" : message)
  );
}
