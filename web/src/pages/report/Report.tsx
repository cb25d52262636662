// Shift report: generated from the same numbers as the pages, noted, signed, printed.
import { useState } from "react";
import { nameOf, useChosenWindow, usePlant, usePlantNow, useWatched, useWho, withQuery } from "../../data";
import type { ReportView } from "../../contract/views";
import { Busy, Covered, FaultNote, Page, Tag, WindowPicker } from "../../kit";
import { dayAndTime, t } from "../../words";
import { Note } from "./note";
import { Parts } from "./parts";
import { Signature } from "./signature";
import "./report.css";

/** The report with the note and signature that were just given here, until the server shows them. */
export function withActed(view: ReportView, acted: ReportView | undefined): ReportView {
  if (!acted || acted.address !== view.address || acted.window.from_ms !== view.window.from_ms || acted.window.until_ms !== view.window.until_ms) return view;
  const { note, note_by, note_ms, signed_by, signed_ms, signed_sha256, changed_since } = acted;
  const noted = (note_ms ?? 0) > (view.note_ms ?? 0) ? { note, note_by, note_ms } : {};
  const signed = (signed_ms ?? 0) > (view.signed_ms ?? 0) ? { signed_by, signed_ms, signed_sha256, changed_since } : {};
  return { ...view, ...noted, ...signed };
}

export default function Report({ address }: { address: string }) {
  const plant = usePlant().value;
  const [shown, setShown] = useState<ReportView["window"]>();
  const chosen = useChosenWindow(shown);
  const found = useWatched<ReportView>(withQuery("/api/report", { address, ...chosen.query }));
  const who = useWho();
  const now = usePlantNow(30_000);
  const [acted, setActed] = useState<ReportView>();
  const view = found.value && withActed(found.value, acted);
  if (view && view.window.name !== shown?.name) setShown(view.window);
  const title = `${t("nav.report")} · ${nameOf(plant, address)}`;
  const aside = <><WindowPicker {...chosen.picker} /><button type="button" className="no-print" onClick={() => window.print()} disabled={!view}>{t("report.print")}</button></>;
  if (found.fault) return <Page title={title} aside={aside}><FaultNote fault={found.fault} /></Page>;
  if (!view) return <Page title={title} aside={aside}><Busy /></Page>;
  const query = { address, ...chosen.query };
  return (
    <Page title={title} under={<Covered window={view.window} />} aside={aside} greyed={found.freshness === "lost" || found.freshness === "stale"}>
      <article className="report">
        <p className="row">
          {view.changed_since ? <Tag kind="high">{t("report.changed", { time: view.signed_ms ? dayAndTime(view.signed_ms) : "" })}</Tag>
            : view.signed_by ? <Tag kind="good">{t("report.signed", { who: who(view.signed_by), time: view.signed_ms ? dayAndTime(view.signed_ms) : "" })}</Tag>
              : <Tag>{t(view.window.open ? "report.open" : "report.unsigned")}</Tag>}
        </p>
        <Parts view={view} />
        <Note key={view.window.name} view={view} query={query} onActed={setActed} />
        <Signature view={view} query={query} onActed={setActed} />
        <p className="printed only-print">{t("report.printed", { time: now === undefined ? "" : dayAndTime(now) })}</p>
      </article>
    </Page>
  );
}
