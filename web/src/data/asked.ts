// A question that is asked once and again when its path changes, for what cannot be watched.
import { useCallback, useEffect, useState } from "react";
import { ask } from "./ask";
import { asFault, type Fault } from "./fault";

export interface Asked<T> {
  value?: T;
  fault?: Fault;
  busy: boolean;
  again: () => void;
}

/** The answer to a GET; undefined: nothing is asked. */
export function useAsked<T>(path: string | undefined): Asked<T> {
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<{ path?: string; value?: T; fault?: Fault }>({});
  useEffect(() => {
    if (path === undefined) return;
    const end = new AbortController();
    ask<T>(path, end.signal).then(
      (value) => setState({ path, value }),
      (error: unknown) => {
        if (!end.signal.aborted) setState((old) => ({ ...old, path, fault: asFault(error, path) }));
      },
    );
    return () => end.abort();
  }, [path, turn]);
  const again = useCallback(() => setTurn((n) => n + 1), []);
  const mine = state.path === path ? state : { value: state.value };
  return { ...mine, busy: path !== undefined && state.path !== path, again };
}
