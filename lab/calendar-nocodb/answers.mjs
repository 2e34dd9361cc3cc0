// Answers in the forms of NocoDB's error helper, which the app tells apart by status and message.

/** An answer other than 200. */
export class Refusal extends Error {
  /** @param {number} status @param {object} body */
  constructor(status, body) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
  }
}

/** @param {number} status @param {string} code @returns {(message: string) => Refusal} */
const named = (status, code) => (message) => new Refusal(status, { error: code, message });

export const forbidden = (/** @type {string} */ why) => named(403, "ERR_FORBIDDEN")(`Forbidden - ${why}`);
export const unauthenticated = (/** @type {string} */ why) =>
  named(401, "ERR_AUTHENTICATION_REQUIRED")(`Authentication required - ${why}`);
export const noApiToken = () => named(401, "ERR_API_TOKEN_NOT_ALLOWED")("This request is not allowed with API token");
export const baseUserError = named(422, "ERR_BASE_COLLABORATION");
export const orgUserError = named(422, "ERR_ORG_USER");
export const noBase = (/** @type {string} */ id) => named(404, "ERR_BASE_NOT_FOUND")(`Base '${id}' not found`);
export const noUser = (/** @type {string} */ id) => named(404, "ERR_USER_NOT_FOUND")(`User with id '${id}' not found`);
export const bad = (/** @type {string} */ msg) => new Refusal(400, { msg });
/** Passport's own answer, on the requests that take a session only. */
export const noSession = () => new Refusal(401, { msg: "Unauthorized" });
export const broken = () =>
  new Refusal(500, {
    msg: "Something didn't work as expected. Please try again. If the problem persists, contact support.",
  });

/** @param {string} path @param {string} message */
export const invalidBody = (path, message) =>
  new Refusal(400, { msg: "Invalid request body", errors: [{ instancePath: path, message }] });

/**
 * A list with its page, as NocoDB answers lists.
 * @template Row
 * @param {readonly Row[]} rows
 * @param {URLSearchParams} query `limit` and `offset`. Without a limit, all rows.
 */
export function page(rows, query) {
  const limit = Number(query.get("limit")) || 0;
  const offset = Number(query.get("offset")) || 0;
  const list = rows.slice(offset, limit ? offset + limit : undefined);
  const pageSize = limit || 25;
  const number = Math.floor(offset / pageSize) + 1;
  const isLastPage = offset + pageSize >= rows.length;
  return {
    list,
    pageInfo: { totalRows: rows.length, page: number, pageSize, isFirstPage: number === 1, isLastPage },
  };
}
