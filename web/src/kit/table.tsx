// A list that sorts by any column and is walked with the arrow keys.
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { t } from "../words";

export interface Column<T> {
  name: string;
  title: ReactNode;
  /** the title in words, where it is no text: it stands beside the value on a phone */
  say?: string;
  show: (row: T) => ReactNode;
  /** what rows are sorted by; without it the column does not sort */
  by?: (row: T) => number | string | undefined;
  right?: boolean;
  /** takes the whole width where a row is a block, on a phone */
  wide?: boolean;
}

/** What may be wider than its room: it then scrolls sideways, by keyboard too, and says what it is. */
export function Scrolled({ name, children }: { name: string; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [wide, setWide] = useState(false);
  useEffect(() => {
    const one = box.current;
    if (!one) return undefined;
    const watcher = new ResizeObserver(() => setWide(one.scrollWidth > one.clientWidth + 1));
    watcher.observe(one);
    if (one.firstElementChild) watcher.observe(one.firstElementChild);
    return () => watcher.disconnect();
  }, []);
  return <div className="scroll" ref={box} {...(wide ? { tabIndex: 0, role: "region", "aria-label": name } : {})}>{children}</div>;
}

const wordsOf = <T,>(column: Column<T>): string => column.say ?? (typeof column.title === "string" ? column.title : "");

export interface Sorted {
  name: string;
  down: boolean;
}

/** Rows in the order of one column; rows without a value come last either way. */
export function inOrder<T>(rows: readonly T[], by: (row: T) => number | string | undefined, down: boolean): T[] {
  const sign = down ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [by(one), by(other)];
    if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    return sign * String(a).localeCompare(String(b));
  });
}

export function Table<T>(
  { columns, rows, id, caption, onOpen, chosen, first, empty }:
  {
    columns: readonly Column<T>[]; rows: readonly T[]; id: (row: T) => string; caption: string;
    onOpen?: (row: T) => void; chosen?: string; first?: Sorted; empty?: ReactNode;
  },
) {
  const [sorted, setSorted] = useState<Sorted | undefined>(first);
  const body = useRef<HTMLTableSectionElement>(null);
  const column = columns.find((each) => each.name === sorted?.name);
  const shown = useMemo(
    () => (column?.by && sorted ? inOrder(rows, column.by, sorted.down) : rows),
    [rows, column, sorted],
  );
  const walk = (event: KeyboardEvent<HTMLTableRowElement>, row: T) => {
    const all = [...(body.current?.rows ?? [])];
    const at = all.indexOf(event.currentTarget);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) all[Math.max(0, Math.min(all.length - 1, to))]?.focus();
    else if (event.key === "Enter" && event.target === event.currentTarget) onOpen?.(row);
    else return;
    event.preventDefault();
  };
  if (!rows.length && empty) return <>{empty}</>;
  const sorts = columns.filter((each) => each.by);
  return (
    <Scrolled name={caption}>
      {sorts.length > 1 && rows.length > 1 ? (
        <label className="field sort-by"><span>{t("table.order")}</span>
          <select value={sorted?.name ?? ""} onChange={(event) => setSorted({ name: event.target.value, down: Boolean(columns.find((each) => each.name === event.target.value)?.right) })}>
            {sorted ? null : <option value="">–</option>}
            {sorts.map((each) => <option key={each.name} value={each.name}>{wordsOf(each)}</option>)}
          </select>
        </label>
      ) : null}
      <table className="list blocks">
        <caption className="read-only">{caption}</caption>
        <thead><tr>
          {columns.map((each) => {
            const on = sorted?.name === each.name;
            return (
              <th key={each.name} scope="col" className={each.right ? "right" : ""} aria-sort={on ? (sorted.down ? "descending" : "ascending") : undefined}>
                {each.by ? (
                  <button type="button" onClick={() => setSorted({ name: each.name, down: on ? !sorted.down : Boolean(each.right) })} title={t("table.sort")}>
                    {each.title}<span aria-hidden="true">{on ? (sorted.down ? "▾" : "▴") : ""}</span>
                  </button>
                ) : <span>{each.title}</span>}
              </th>
            );
          })}
        </tr></thead>
        <tbody ref={body}>
          {shown.map((row, at) => (
            <tr key={id(row)} tabIndex={onOpen ? (at === 0 || id(row) === chosen ? 0 : -1) : undefined}
              aria-selected={onOpen ? id(row) === chosen : undefined}
              onKeyDown={onOpen ? (event) => walk(event, row) : undefined} onClick={onOpen ? () => onOpen(row) : undefined}>
              {columns.map((each) => <td key={each.name} className={[each.right ? "right" : "", each.wide ? "wide" : ""].join(" ").trim()} data-title={wordsOf(each)}>{each.show(row)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}
