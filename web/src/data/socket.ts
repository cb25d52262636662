// The one WebSocket of the page: watches, beats, and going on after a gap.
import { cell } from "./cell";
import { retryAfter } from "./freshness";
import { asked, heard, read, type Watch } from "./watching";

/** A resource that nobody shows any more is watched so long, for those who come back. */
export const LINGER_MS = 4000;

/** No beat for so long: the connection is given up and made anew. */
export const SILENT_MS = 4500;

export interface Beat {
  /** performance.now() when it came; undefined: nothing was heard yet */
  at?: number;
  /** clock of the server less the clock of the browser */
  offset_ms: number;
  /** performance.now() when the connection ended; undefined: it stands */
  ended_at?: number;
}

export const beat = cell<Beat>({ offset_ms: 0 });

interface Kept {
  watch: Watch;
  users: number;
  listeners: Set<() => void>;
  ends?: ReturnType<typeof setTimeout>;
}

const kept = new Map<string, Kept>();
const paths = new Map<number, string>();
let socket: WebSocket | undefined;
let ids = 0;
let tries = 0;
let opened_at = 0;
let retry: ReturnType<typeof setTimeout> | undefined;
let guard: ReturnType<typeof setInterval> | undefined;

const isOpen = (): boolean => socket?.readyState === WebSocket.OPEN;

/** What is known of a path now. */
export const known = (path: string): Watch | undefined => kept.get(path)?.watch;

/** Watch a path until the function that is returned is called. */
export function watch(path: string, listener: () => void): () => void {
  const one = kept.get(path) ?? begun(path);
  clearTimeout(one.ends);
  one.users += 1;
  one.listeners.add(listener);
  return () => {
    one.users -= 1;
    one.listeners.delete(listener);
    if (one.users === 0) one.ends = setTimeout(() => ended(path), LINGER_MS);
  };
}

/** Forget everything and connect anew, as after somebody else has signed in. */
export function restart(): void {
  for (const one of kept.values()) {
    one.watch = { id: one.watch.id, path: one.watch.path };
    for (const each of one.listeners) each();
  }
  close();
  tries = 0;
  if (kept.size) connect();
}

function begun(path: string): Kept {
  ids += 1;
  const one: Kept = { watch: { id: ids, path }, users: 0, listeners: new Set() };
  kept.set(path, one);
  paths.set(ids, path);
  if (isOpen()) socket?.send(asked(one.watch));
  else if (!socket && retry === undefined) connect();
  return one;
}

function ended(path: string): void {
  const one = kept.get(path);
  if (!one || one.users > 0) return;
  kept.delete(path);
  paths.delete(one.watch.id);
  if (isOpen()) socket?.send(JSON.stringify({ unwatch: one.watch.id }));
}

function connect(): void {
  clearTimeout(retry);
  retry = undefined;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const made = new WebSocket(`${scheme}://${location.host}/api/watch`);
  socket = made;
  opened_at = performance.now();
  made.onopen = () => {
    for (const one of kept.values()) made.send(asked(one.watch));
  };
  made.onmessage = (event) => {
    if (made === socket) took(String(event.data));
  };
  made.onclose = () => {
    if (made === socket) again();
  };
  guard ??= setInterval(lookAfter, 500);
}

function took(text: string): void {
  const message = read(text);
  if (!message) return;
  tries = 0;
  if ("beat" in message) {
    beat.set({ at: performance.now(), offset_ms: message.beat - Date.now() });
    return;
  }
  const one = kept.get(paths.get(message.id) ?? "");
  if (!one) return;
  one.watch = heard(one.watch, message);
  for (const each of [...one.listeners]) each();
}

function again(): void {
  socket = undefined;
  const last = beat.get();
  if (last.ended_at === undefined) beat.set({ ...last, ended_at: performance.now() });
  if (retry !== undefined) return;
  retry = setTimeout(connect, retryAfter(tries));
  tries += 1;
}

function close(): void {
  const old = socket;
  socket = undefined;
  clearTimeout(retry);
  retry = undefined;
  old?.close();
}

/** A connection that is open and silent is no connection. */
function lookAfter(): void {
  if (!socket) return;
  const last = Math.max(opened_at, beat.get().at ?? 0);
  if (performance.now() - last > SILENT_MS) {
    close();
    again();
  }
}
