// A value that React can watch; state lives outside the components.
import { useSyncExternalStore } from "react";

export interface Cell<T> {
  get(): T;
  set(next: T): void;
  watch(listener: () => void): () => void;
}

export function cell<T>(first: T): Cell<T> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const each of [...listeners]) each();
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const useCell = <T>(of: Cell<T>): T => useSyncExternalStore(of.watch, of.get);
