// What a page says when there is nothing, not yet, no more, or a fault.
import type { ReactNode } from "react";
import { t } from "../words";

export function Empty({ children, hint }: { children: ReactNode; hint?: ReactNode }) {
  return <div className="saying"><p>{children}</p>{hint ? <small>{hint}</small> : null}</div>;
}

export function Busy({ children }: { children?: ReactNode }) {
  return <div className="saying" role="status"><p>{children ?? t("busy")}</p></div>;
}

/** What stands here is old, and since when. */
export function Stale({ children }: { children: ReactNode }) {
  return <p className="tag high" role="status">{children}</p>;
}

/** What is wrong, where, and what to do about it. */
export function FaultNote(
  { fault, onAgain }: { fault: { what: string; where?: string; to_do?: string }; onAgain?: () => void },
) {
  return (
    <div className="saying fault" role="alert">
      <b>{fault.what}</b>
      {fault.to_do ? <p>{fault.to_do}</p> : null}
      {fault.where ? <small>{fault.where}</small> : null}
      {onAgain ? <button type="button" onClick={onAgain}>{t("again")}</button> : null}
    </div>
  );
}

/** Longer than this a text is folded away behind its beginning. */
const LONG = 90;

/** What somebody wrote; a long text shows its beginning and opens. */
export function LongText({ text }: { text: string }) {
  if (text.length <= LONG) return <q>{text}</q>;
  const cut = text.slice(0, LONG);
  return <details className="long-text"><summary><q>{cut.slice(0, Math.max(1, cut.lastIndexOf(" ")))}…</q></summary><p>{text}</p></details>;
}
