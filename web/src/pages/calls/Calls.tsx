// Calls for help: what is open with its clock, one tap for each step, how soon people came.
import { useState } from "react";
import { inCallOrder, nameOf, useMay, usePlant, useQuery, useWatched, withQuery } from "../../data";
import type { CallsView } from "../../contract/views";
import { Busy, Count, Empty, FaultNote, Page, Segments } from "../../kit";
import { t } from "../../words";
import { Past } from "./past";
import { Raise } from "./raise";
import { CallRow } from "./row";
import "./calls.css";

export default function Calls({ address }: { address: string }) {
  const plant = usePlant().value;
  const may = useMay("call");
  const [of, setOf] = useQuery("of", "line");
  const [tab, setTab] = useQuery("tab", "open");
  const [raising, setRaising] = useState(false);
  const place = of === "site" ? (address.split("/")[0] ?? "") : address;
  const found = useWatched<CallsView>(withQuery("/api/calls", { address: place }));
  const rows = inCallOrder(found.value);
  const aside = (
    <>
      <Segments label={t("calls.of")} value={of === "site" ? "site" : "line"} onChoose={setOf} choices={[["line", nameOf(plant, address)], ["site", t("alarms.whole_site")]]} />
      {may ? <button type="button" className="main" onClick={() => setRaising(true)}>{t("calls.raise")}</button> : null}
    </>
  );
  return (
    <Page title={`${t("nav.calls")} · ${nameOf(plant, place)}`} aside={aside} greyed={found.freshness === "lost" || found.freshness === "stale"}>
      <div className="tabs" role="tablist" aria-label={t("nav.calls")}>
        <button type="button" role="tab" aria-selected={tab !== "past"} onClick={() => setTab("open")}>{t("calls.open")}<Count n={rows.length} of={t("calls.open")} /></button>
        <button type="button" role="tab" aria-selected={tab === "past"} onClick={() => setTab("past")}>{t("calls.past")}</button>
      </div>
      {tab === "past" ? <Past address={place} />
        : found.fault ? <FaultNote fault={found.fault} /> : !found.value ? <Busy /> : rows.length ? (
          <>
            {may ? null : <small>{t("station.may_not_call")}</small>}
            <ul className="calls" aria-label={t("calls.open")}>{rows.map((entry) => <CallRow key={entry[0]} entry={entry} may={may} />)}</ul>
          </>
        ) : <Empty hint={t("calls.none.hint")}>{t("andon.no_calls")}</Empty>}
      {raising ? <Raise group={address} open={rows} onClose={() => setRaising(false)} /> : null}
    </Page>
  );
}
