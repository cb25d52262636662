// Giving a reason: said at once with a way back, and what another person chose is never hidden.
import { useState, type ReactNode } from "react";
import { dayAndTime, t } from "../words";
import { Dialog, toast } from "./asking";

interface Said { code: string; comment?: string }
interface FaultLike { what: string; to_do: string }

/** What became of an act, as the data tell it. */
export type ActEnd =
  | { kind: "done" }
  | { kind: "conflict"; theirs?: { reason?: string; by?: string; by_ms?: number; comment?: string }; fault: FaultLike }
  | { kind: "fault"; fault: FaultLike };

export interface GivingWith {
  give: (id: string, reason: { code: string; comment: string }) => Promise<ActEnd>;
  undo: (id: string) => Promise<ActEnd>;
  /** words of a reason's code */
  words: (code: string) => string;
  /** name of a person */
  who: (id: string) => string;
}

/** Say what a fault says and what to do about it. */
export const sayFault = (fault: FaultLike): void => toast([fault.what, fault.to_do].filter(Boolean).join(" · "), { bad: true });

/** How a reason is given from a page, and the dialog that a conflict opens. */
export function useGiving({ give, undo, words, who }: GivingWith): { give: (id: string, said: Said) => void; undo: (id: string) => void; dialog: ReactNode } {
  const [conflict, setConflict] = useState<{ id: string; mine: Said; end: Extract<ActEnd, { kind: "conflict" }> }>();
  const back = (id: string) =>
    void undo(id).then((end) => (end.kind === "done" ? toast(t("stops.undone")) : sayFault(end.fault)));
  const send = (id: string, mine: Said) =>
    void give(id, { code: mine.code, comment: mine.comment ?? "" }).then((end) => {
      if (end.kind === "done") toast(t("stops.given", { reason: words(mine.code) }), { undo: () => back(id) });
      else if (end.kind === "conflict") setConflict({ id, mine, end });
      else sayFault(end.fault);
    });
  const theirs = conflict?.end.theirs;
  const dialog = conflict ? (
    <Dialog title={t("conflict.title")} onClose={() => setConflict(undefined)}>
      <p>{conflict.end.fault.what}</p>
      <dl className="facts-list">
        <dt>{t("conflict.theirs")}</dt>
        <dd><b>{theirs?.reason ? words(theirs.reason) : "–"}</b>{theirs?.by ? ` · ${who(theirs.by)}` : ""}{theirs?.by_ms ? ` · ${dayAndTime(theirs.by_ms)}` : ""}{theirs?.comment ? <><br /><small>{theirs.comment}</small></> : null}</dd>
        <dt>{t("conflict.mine")}</dt>
        <dd><b>{words(conflict.mine.code)}</b></dd>
      </dl>
      <footer>
        <button type="button" className="main" onClick={() => setConflict(undefined)}>{t("conflict.keep")}</button>
        <button type="button" onClick={() => { setConflict(undefined); send(conflict.id, conflict.mine); }}>{t("conflict.replace")}</button>
      </footer>
    </Dialog>
  ) : null;
  return { give: send, undo: back, dialog };
}

/** The likely reasons of a stop, one tap each, and the way to all others. */
export function QuickReasons(
  { suggested, chance, recent, words, onPick, onMore }:
  { suggested?: string; chance?: string; recent: readonly string[]; words: (code: string) => string; onPick: (code: string) => void; onMore: () => void },
) {
  const codes = [...new Set([suggested, ...recent])].filter((code): code is string => Boolean(code)).slice(0, 4);
  return (
    <div className="quick">
      {codes.map((code) => (
        <button key={code} type="button" className={code === suggested ? "hint" : ""} onClick={() => onPick(code)}>
          {words(code)}{code === suggested ? <small>{t("reason.suggested")}{chance ? ` · ${chance}` : ""}</small> : null}
        </button>
      ))}
      <button type="button" className="plain" onClick={onMore}>{t(codes.length ? "stops.other_reason" : "stops.pick_reason")}</button>
    </div>
  );
}
