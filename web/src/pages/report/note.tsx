// The supervisor's note: written here, and never over what another person wrote meanwhile unseen.
import { useState } from "react";
import { act, asFault, useMay, useWho, withQuery } from "../../data";
import type { ReportView } from "../../contract/views";
import { Card, sayFault, toast } from "../../kit";
import { dayAndTime, t } from "../../words";

export function Note({ view, query, onActed }: { view: ReportView; query: Record<string, string | number>; onActed: (view: ReportView) => void }) {
  const may = useMay("correct_event");
  const who = useWho();
  const there = view.note ?? "";
  const [editing, setEditing] = useState<{ text: string; base: string }>();
  const [busy, setBusy] = useState(false);
  const save = (text: string) => act<ReportView>("PUT", withQuery("/api/report/note", query), { text }).then(onActed);
  const send = () => {
    if (!editing) return;
    setBusy(true);
    save(editing.text.trim())
      .then(() => { setEditing(undefined); toast(t("report.note.saved"), { undo: () => void save(there).catch((error: unknown) => sayFault(asFault(error))) }); })
      .catch((error: unknown) => sayFault(asFault(error)))
      .finally(() => setBusy(false));
  };
  const by = view.note_by ? <small>{[who(view.note_by), view.note_ms ? dayAndTime(view.note_ms) : ""].filter(Boolean).join(" · ")}</small> : null;
  return (
    <Card title={t("report.note")} aside={by}>
      {editing ? (
        <form className="grid" onSubmit={(event) => { event.preventDefault(); send(); }}>
          {editing.base !== there ? <p className="tag high" role="status">{t("report.note.meanwhile", { who: who(view.note_by) })}</p> : null}
          {editing.base !== there ? <blockquote>{there}</blockquote> : null}
          <textarea rows={5} maxLength={8000} autoFocus value={editing.text} aria-label={t("report.note")} onChange={(event) => setEditing({ ...editing, text: event.target.value })} />
          {view.signed_by ? <small>{t("report.note.signed")}</small> : null}
          <footer className="row"><button type="button" onClick={() => setEditing(undefined)}>{t("cancel")}</button><button type="submit" className="main" disabled={busy || editing.text.trim() === there}>{t("save")}</button></footer>
        </form>
      ) : (
        <>
          {there ? <p className="note">{there}</p> : <p className="quiet">{t("report.note.none")}</p>}
          {may ? <div className="no-print"><button type="button" onClick={() => setEditing({ text: there, base: there })}>{t(there ? "report.note.edit" : "report.note.write")}</button></div> : <small className="no-print">{t("report.note.may_not")}</small>}
        </>
      )}
    </Card>
  );
}
