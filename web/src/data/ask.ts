// Questions and acts by HTTP. Acts carry the token that keeps foreign pages out.
import { cell } from "./cell";
import { faultOf, noAnswer } from "./fault";

/** Longest wait for an answer; the server gives up sooner. */
export const ANSWER_MS = 20_000;

export const CSRF = "x-linewright-csrf";

/** Set by the session; goes with every act. */
export const csrf = cell("");

/** Told when the server no longer knows this session. */
export const unknownHere = cell(0);

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

/** A path with its query; undefined values and empty texts are left out. */
export function withQuery(path: string, values: Values): string {
  const query = Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value)).replaceAll("%2F", "/")}`);
  return query.length ? `${path}?${query.join("&")}` : path;
}

async function fetched(path: string, options: RequestInit): Promise<Response> {
  const limit = AbortSignal.timeout(ANSWER_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options, signal });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw noAnswer(path);
  }
  if (response.status === 401) unknownHere.set(unknownHere.get() + 1);
  if (!response.ok) throw await faultOf(response, path);
  return response;
}

/** The answer to a GET; raises `Fault`. */
export async function ask<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetched(path, { headers: { accept: "application/json" }, signal });
  return (await response.json()) as T;
}

/** The answer to a change; raises `Fault` with what to do. */
export async function act<T>(
  method: "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json", [CSRF]: csrf.get() };
  if (body !== undefined) headers["content-type"] = "application/json";
  const response = await fetched(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}
