/** Requests to this Exhibitor. Every address is relative to the page, so it works behind a prefix. */
const BASE = "../";

/** Why a request gave no answer, in words for the operator. */
export class RequestError extends Error {
  /**
   * - `lost`: no answer at all. `absent`: this version has no such function. `refused`: said no, with the reason.
   * @param {"lost" | "absent" | "refused"} kind
   * @param {string} message
   * @param {number} status HTTP status, 0 without an answer
   */
  constructor(kind, message, status = 0) {
    super(message);
    this.kind = kind;
    this.status = status;
  }
}

/**
 * @param {string} path below `/exhibitor/v1/`
 * @param {Record<string, any>} [query] left out where null, undefined or ""
 */
export function address(path, query = {}) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return `${BASE}${path}${text ? `?${text}` : ""}`;
}

async function send(path, { query, ...options } = {}) {
  let response;
  try {
    response = await fetch(address(path, query), { ...options, headers: { Accept: "application/json", ...options.headers } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new RequestError("lost", "Exhibitor does not answer. The page shows what it knew last.");
  }
  let body = null;
  try {
    const text = await response.text();
    body = text === "" ? null : JSON.parse(text);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    if (response.ok) throw new RequestError("refused", "The answer is not understood: it is no JSON.", response.status);
  }
  if (response.ok) return { body, response };
  const message = body?.message ?? "";
  // The words of the router; a function that found nothing says what it did not find.
  if (response.status === 404 && (message === "" || message === "Not Found") || response.status === 405) {
    throw new RequestError("absent", "This Exhibitor does not offer this function.", response.status);
  }
  if (response.status === 403 && message === "") {
    throw new RequestError("refused", "Changes to znodes are switched off on this Exhibitor (--nodemodification false).", 403);
  }
  if (response.status === 502 || response.status === 504) {
    throw new RequestError("lost", "The server in front of Exhibitor gets no answer from it.", response.status);
  }
  throw new RequestError("refused", message || `Exhibitor answers with status ${response.status}.`, response.status);
}

/**
 * Reads JSON.
 * @param {string} path
 * @param {Record<string, any>} [query]
 * @param {AbortSignal} [signal]
 */
export async function read(path, query, signal) {
  return (await send(path, { query, signal })).body;
}

/**
 * Changes something; throws with the reason when it was refused.
 * @param {string} path
 * @param {{method?: string, query?: object, body?: any, text?: string}} [options] body is sent as JSON, text as it is
 */
export async function order(path, { method = "POST", query, body, text } = {}) {
  const headers = { "X-Requested-With": "exhibitor" };
  if (body !== undefined || text !== undefined) headers["Content-Type"] = "application/json";
  const { body: answer } = await send(path, { method, query, headers, body: text ?? (body === undefined ? undefined : JSON.stringify(body)) });
  // Two shapes: a result, and the envelope of another host's result.
  if (answer && answer.succeeded === false) throw new RequestError("refused", answer.message || "Refused without a reason.", 200);
  if (answer && answer.success === false) throw new RequestError("refused", answer.errorMessage || "Refused without a reason.", 200);
  if (answer?.response?.succeeded === false) throw new RequestError("refused", answer.response.message, 200);
  return answer;
}

/**
 * Text of another host: the envelope holds a JSON text inside a text.
 * @param {string} path
 * @param {string} hostname
 * @param {object} [query]
 */
export async function readText(path, hostname, query) {
  const answer = await read(`${path}/${encodeURIComponent(hostname)}`, query);
  if (!answer.success) throw new RequestError("refused", answer.errorMessage || "The other host does not answer.", 200);
  if (typeof answer.response !== "string") return answer.response;
  try {
    const inner = JSON.parse(answer.response);
    return typeof inner === "string" ? inner : answer.response;
  } catch {
    return answer.response;
  }
}
