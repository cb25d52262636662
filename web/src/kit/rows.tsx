// A tree of any length: only the rows in view are in the document, and arrow keys walk all of them.
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

export interface TreeRow {
  id: string;
  level: number;
  /** undefined: it has nothing below */
  open?: boolean;
}

/** Rows beside those in view that are drawn, too. */
const SPARE = 8;

/** First and last row to draw. */
export function seenRows(top: number, high: number, row: number, count: number): [number, number] {
  const first = Math.max(0, Math.floor(top / row) - SPARE);
  return [first, Math.min(count, Math.ceil((top + high) / row) + SPARE)];
}

/** Where a key leads to in a tree. */
export function walked(rows: readonly TreeRow[], at: number, key: string, page: number): number | "open" | "close" | undefined {
  const row = rows[at];
  if (key === "ArrowDown") return Math.min(rows.length - 1, at + 1);
  if (key === "ArrowUp") return Math.max(0, at - 1);
  if (key === "Home") return 0;
  if (key === "End") return rows.length - 1;
  if (key === "PageDown") return Math.min(rows.length - 1, at + page);
  if (key === "PageUp") return Math.max(0, at - page);
  if (!row) return undefined;
  if (key === "ArrowRight") return row.open === false ? "open" : row.open ? Math.min(rows.length - 1, at + 1) : undefined;
  if (key !== "ArrowLeft") return undefined;
  if (row.open) return "close";
  for (let above = at - 1; above >= 0; above -= 1) if ((rows[above]?.level ?? 0) < row.level) return above;
  return undefined;
}

export function VirtualTree<T extends TreeRow>(
  { rows, high, label, chosen, onChoose, onToggle, onSeen, show }:
  {
    rows: readonly T[]; /** height of a row in px */ high: number; label: string; chosen?: string;
    onChoose: (row: T) => void; onToggle: (row: T) => void; onSeen?: (rows: readonly T[]) => void; show: (row: T) => ReactNode;
  },
) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState<[number, number]>([0, 40]);
  const [at, setAt] = useState(0);
  const look = useCallback(() => {
    const one = box.current;
    if (!one) return;
    const next = seenRows(one.scrollTop, one.clientHeight, high, rows.length);
    setSeen((old) => (old[0] === next[0] && old[1] === next[1] ? old : next));
  }, [rows.length, high]);
  useLayoutEffect(look, [look]);
  const went = useRef(false);
  useLayoutEffect(() => {
    const there = chosen ? rows.findIndex((row) => row.id === chosen) : -1;
    if (went.current || there < 0 || !box.current) return;
    went.current = true; // once: afterwards the person scrolls
    setAt(there);
    if ((there + 1) * high > box.current.clientHeight) box.current.scrollTop = (there - 2) * high;
  }, [rows, chosen, high]);
  useEffect(() => {
    const one = box.current;
    if (!one) return;
    const watcher = new ResizeObserver(look);
    watcher.observe(one);
    return () => watcher.disconnect();
  }, [look]);
  const [first, last] = seen;
  useEffect(() => onSeen?.(rows.slice(first, last)), [rows, first, last, onSeen]);
  const keyed = (event: KeyboardEvent) => {
    const one = box.current;
    const row = rows[at];
    if (!one || !row || event.target !== one) return;
    if (event.key === "Enter" || event.key === " ") row.open === undefined ? onChoose(row) : onToggle(row);
    else {
      const to = walked(rows, at, event.key, Math.max(1, Math.floor(one.clientHeight / high) - 1));
      if (to === undefined) return;
      if (typeof to !== "number") onToggle(row);
      else {
        setAt(to);
        one.scrollTop = Math.min(to * high, Math.max(one.scrollTop, (to + 1) * high - one.clientHeight));
      }
    }
    event.preventDefault();
  };
  const now = Math.min(at, rows.length - 1);
  return (
    <div className="tree" role="tree" aria-label={label} tabIndex={0} ref={box} onScroll={look} onKeyDown={keyed} aria-activedescendant={rows[now] ? `row-${rows[now].id}` : undefined}>
      <div style={{ height: rows.length * high }} role="none">
        {rows.slice(first, last).map((row, i) => (
          <div key={row.id} id={`row-${row.id}`} role="treeitem" aria-level={row.level + 1} aria-expanded={row.open} aria-selected={row.id === chosen}
            aria-posinset={first + i + 1} aria-setsize={rows.length} className={`tree-row${first + i === now ? " at" : ""}`} style={{ top: (first + i) * high, height: high, paddingLeft: `${0.5 + row.level}rem` }}
            onClick={() => { setAt(first + i); row.open === undefined ? onChoose(row) : onToggle(row); }}>
            {row.open === undefined ? null : <span className="twist" aria-hidden="true">{row.open ? "▾" : "▸"}</span>}
            {show(row)}
          </div>
        ))}
      </div>
    </div>
  );
}
