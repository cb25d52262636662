// Who stands for the report, since when, and whether a figure has changed since.
import { useState } from "react";
import { act, asFault, useMay, useWho, withQuery } from "../../data";
import type { ReportView } from "../../contract/views";
import { Card, sayFault, Sure, toast } from "../../kit";
import { dayAndTime, t, time } from "../../words";

/** Characters of the hash that are printed: enough to compare two sheets of paper. */
const HASH = 16;

export function Signature({ view, query, onActed }: { view: ReportView; query: Record<string, string | number>; onActed: (view: ReportView) => void }) {
  const may = useMay("sign_report");
  const who = useWho();
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const sign = () => {
    setAsked(false);
    setBusy(true);
    act<ReportView>("POST", withQuery("/api/report/sign", query))
      .then((next) => (onActed(next), toast(t("report.sign.done"))), (error: unknown) => sayFault(asFault(error)))
      .finally(() => setBusy(false));
  };
  const again = Boolean(view.signed_by);
  return (
    <Card title={t("report.signature")}>
      {view.signed_by ? (
        <>
          <p><b>{who(view.signed_by)}</b>{view.signed_ms ? ` · ${dayAndTime(view.signed_ms)}` : ""} <small className="num">{t("report.hash", { hash: (view.signed_sha256 ?? "").slice(0, HASH) })}</small></p>
          {view.changed_since ? <p className="tag high" role="status">{t("report.changed.text")}</p> : null}
        </>
      ) : <p className="line-to-sign">{t("report.sign.line")}</p>}
      <div className="no-print">
        {view.window.open ? <small>{t("report.sign.later", { time: time(view.window.until_ms) })}</small>
          : !may ? <small>{t("report.sign.may_not")}</small>
            : !again || view.changed_since ? <button type="button" className="main" disabled={busy} onClick={() => setAsked(true)}>{t(again ? "report.sign.again" : "report.sign")}</button> : null}
      </div>
      {asked ? <Sure title={t("report.sign.title")} yes={t("report.sign.yes")} onYes={sign} onNo={() => setAsked(false)}><p>{t("report.sign.text")}</p></Sure> : null}
    </Card>
  );
}
