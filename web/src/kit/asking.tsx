// What a person is asked: a dialog, a reason in two taps, a window of time; and what is said after.
import { useEffect, useId, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { label, t, word } from "../words";

/** A dialog over the page; Escape and the cross close it. */
export function Dialog({ title, onClose, children }: { title: ReactNode; onClose: () => void; children: ReactNode }) {
  const box = useRef<HTMLDialogElement>(null);
  const name = useId();
  useEffect(() => {
    const one = box.current;
    if (!one) return undefined;
    if (!one.open) one.showModal();
    over([...dialogs, one]);
    return () => (over(dialogs.filter((each) => each !== one)), one.close());
  }, []);
  return (
    <dialog ref={box} aria-labelledby={name} onCancel={(event) => (event.preventDefault(), onClose())}
      onClick={(event) => event.target === box.current && onClose()}>
      <div>
        <header><h2 id={name}>{title}</h2><button type="button" className="plain push" onClick={onClose} aria-label={t("close")}>✕</button></header>
        {children}
      </div>
    </dialog>
  );
}

/** One question with yes and no. */
export function Sure(
  { title, children, yes, danger = false, onYes, onNo }:
  { title: ReactNode; children?: ReactNode; yes: string; danger?: boolean; onYes: () => void; onNo: () => void },
) {
  return (
    <Dialog title={title} onClose={onNo}>
      {children}
      <footer><button type="button" onClick={onNo}>{t("no")}</button><button type="button" className={danger ? "danger" : "main"} onClick={onYes}>{yes}</button></footer>
    </Dialog>
  );
}

export interface ReasonNode {
  code: string;
  label: Readonly<Record<string, string>>;
  comment?: boolean;
  reasons?: readonly ReasonNode[];
}

/** First tap the kind, second tap the reason; what is suggested or was given last needs one. */
export function ReasonPicker(
  { tree, suggested, recent = [], comment = "", onPick, onClose, title }:
  {
    tree: readonly ReasonNode[]; suggested?: string; recent?: readonly string[]; comment?: string;
    onPick: (code: string, comment: string) => void; onClose: () => void; title: ReactNode;
  },
) {
  const [open, setOpen] = useState<ReasonNode>();
  const [asked, setAsked] = useState<ReasonNode>();
  const [said, setSaid] = useState(comment);
  const find = (list: readonly ReasonNode[], code: string): ReasonNode | undefined => {
    for (const one of list) {
      const found = one.code === code ? one : find(one.reasons ?? [], code);
      if (found) return found;
    }
    return undefined;
  };
  const quick = [...new Set([suggested, ...recent])].filter((code): code is string => Boolean(code)).map((code) => find(tree, code)).filter((one) => one !== undefined);
  const pick = (one: ReasonNode) => {
    if (one.reasons?.length) setOpen(one);
    else if (one.comment && !said.trim()) setAsked(one);
    else onPick(one.code, said.trim());
  };
  const shown = open?.reasons ?? tree;
  return (
    <Dialog title={open ? <><button type="button" className="plain" onClick={() => setOpen(undefined)} aria-label={t("back")}>‹</button> {label(open.label, open.code)}</> : title} onClose={onClose}>
      {!open && quick.length ? (
        <div className="picks">{quick.map((one) => (
          <button key={one.code} type="button" className="hint" onClick={() => pick(one)}>
            {label(one.label, one.code)}<small>{t(one.code === suggested ? "reason.suggested" : "reason.recent")}</small>
          </button>
        ))}</div>
      ) : null}
      <div className="picks">{shown.map((one) => (
        <button key={one.code} type="button" aria-pressed={asked?.code === one.code} onClick={() => pick(one)}>
          {label(one.label, one.code)}{one.reasons?.length ? <small aria-hidden="true">›</small> : null}
        </button>
      ))}</div>
      <label className="field"><span>{asked ? t("reason.comment_needed") : t("reason.comment")}</span>
        <input value={said} maxLength={1000} autoFocus={Boolean(asked)} key={asked?.code} onChange={(event) => setSaid(event.target.value)} /></label>
      {asked ? <footer><button type="button" className="main" disabled={!said.trim()} onClick={() => onPick(asked.code, said.trim())}>{t("save")}</button></footer> : null}
    </Dialog>
  );
}

// --- Toasts -----------------------------------------------------------------------------------

interface Toast { id: number; text: string; bad: boolean; undo?: () => void }

const STAYS_MS = 8000;
const TOASTS_MAX = 3;
let toasts: readonly Toast[] = [];
let dialogs: readonly HTMLDialogElement[] = [];
let ids = 0;
const listeners = new Set<() => void>();

function put(next: readonly Toast[]): void {
  toasts = next;
  for (const each of listeners) each();
}

/** The open dialogs, the uppermost last: all else cannot be reached, so what is said stands in it. */
function over(next: readonly HTMLDialogElement[]): void {
  dialogs = next;
  for (const each of listeners) each();
}

/** Say what was done, for a few seconds; with a way back where there is one. */
export function toast(text: string, options: { bad?: boolean; undo?: () => void } = {}): void {
  ids += 1;
  const id = ids;
  put([...toasts.slice(1 - TOASTS_MAX), { id, text, bad: options.bad ?? false, undo: options.undo }]);
  setTimeout(() => put(toasts.filter((each) => each.id !== id)), STAYS_MS);
}

export function Toasts() {
  const listen = (listener: () => void) => (listeners.add(listener), () => listeners.delete(listener));
  const shown = useSyncExternalStore(listen, () => toasts);
  const host = useSyncExternalStore(listen, () => dialogs.at(-1));
  const said = (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((each) => (
        <div key={each.id} className={`toast${each.bad ? " bad" : ""}`}>
          <span>{each.text}</span>
          {each.undo ? <button type="button" onClick={() => { each.undo?.(); put(toasts.filter((one) => one.id !== each.id)); }}>{t("undo")}</button> : null}
        </div>
      ))}
    </div>
  );
  return host ? createPortal(said, host) : said;
}

// --- Window of time ---------------------------------------------------------------------------

/** Shift, day or a date with its shifts; the arrows step. The names are those of the server. */
export function WindowPicker(
  { value, today, shifts, onChange, onStep }:
  { value: string; today: string; shifts: readonly string[]; onChange: (name: string) => void; onStep: (days: number) => void },
) {
  const [date, shift] = value.split("/");
  const dated = /^\d{4}-\d{2}-\d{2}$/.test(date ?? "");
  const latest = !dated || (date ?? "") >= today;
  return (
    <div className="window no-print" role="group" aria-label={t("window")}>
      <button type="button" onClick={() => onStep(-1)} aria-label={t("window.before")}>‹</button>
      <div className="segments">
        <button type="button" aria-pressed={value === "shift"} onClick={() => onChange("shift")}>{t("window.shift")}</button>
        <button type="button" aria-pressed={value === "day"} onClick={() => onChange("day")}>{t("window.day")}</button>
      </div>
      <input type="date" aria-label={t("window.date")} value={dated ? date : today} max={today} onChange={(event) => event.target.value && onChange(event.target.value)} />
      {dated && shifts.length ? (
        <select aria-label={t("window.shift")} value={shift ?? ""} onChange={(event) => onChange(event.target.value ? `${date}/${event.target.value}` : (date ?? "day"))}>
          <option value="">{t("window.whole_day")}</option>
          {shifts.map((name) => <option key={name} value={name}>{word("shift", name)}</option>)}
        </select>
      ) : null}
      <button type="button" disabled={latest} onClick={() => onStep(1)} aria-label={t("window.after")}>›</button>
    </div>
  );
}
