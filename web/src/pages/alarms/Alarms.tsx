// Alarms after ISA-18.2: what is to be done now, what was put aside, what happened, how well it works.
import { useMemo, useState } from "react";
import { acknowledgeAll, asFault, inUrgency, isWaiting, nameOf, tabOf, useMay, usePlant, useQuery, useWatched, withQuery, type AlarmEntry } from "../../data";
import type { AlarmsView } from "../../contract/views";
import { Busy, Count, Empty, FaultNote, Page, Stale, toast } from "../../kit";
import { t, type Key } from "../../words";
import { Journal } from "./journal";
import { AlarmRow } from "./row";
import { PutAside, type Asked } from "./aside";
import { Report } from "./report";
import "./alarms.css";

const TABS = ["active", "shelved", "suppressed", "out_of_service", "journal", "report"] as const;
type Tab = (typeof TABS)[number];

export default function Alarms({ address }: { address: string }) {
  const plant = usePlant().value;
  const [whole, setWhole] = useQuery("of", "line");
  const site = address.split("/")[0] ?? "";
  const place = whole === "site" ? site : address;
  const found = useWatched<AlarmsView>(withQuery("/api/alarms", { address: place }));
  const [tabName, setTab] = useQuery("tab", "active");
  const tab: Tab = TABS.find((each) => each === tabName) ?? "active";
  const rows = useMemo(() => inUrgency(found.value), [found.value]);
  const title = `${t("nav.alarms")} · ${nameOf(plant, place)}`;
  const count = (name: Tab) => rows.filter(([, alarm]) => tabOf(alarm) === name).length;
  const aside = (
    <div className="segments" role="group" aria-label={t("alarms.of")}>
      <button type="button" aria-pressed={whole !== "site"} onClick={() => setWhole("line")}>{nameOf(plant, address)}</button>
      <button type="button" aria-pressed={whole === "site"} onClick={() => setWhole("site")}>{t("alarms.whole_site")}</button>
    </div>
  );
  return (
    <Page title={title} aside={aside} greyed={found.freshness === "lost" || found.freshness === "stale"}>
      {found.value?.flood ? <Stale>{t("alarms.flood")}</Stale> : null}
      <div className="tabs" role="tablist" aria-label={t("nav.alarms")}>
        {TABS.map((name) => (
          <button key={name} type="button" role="tab" aria-selected={name === tab} onClick={() => setTab(name)}>
            {t(`alarms.tab.${name}` as Key)}{name === "journal" || name === "report" ? null : <Count n={count(name)} calm={name !== "active"} of={t(`alarms.tab.${name}` as Key)} />}
          </button>
        ))}
      </div>
      {tab === "journal" ? <Journal address={place} /> : tab === "report" ? <Report address={place} />
        : found.fault ? <FaultNote fault={found.fault} /> : !found.value ? <Busy />
          : <List rows={rows.filter(([, alarm]) => tabOf(alarm) === tab)} tab={tab} />}
    </Page>
  );
}

function List({ rows, tab }: { rows: readonly AlarmEntry[]; tab: Tab }) {
  const may = useMay("acknowledge");
  const [asked, setAsked] = useState<Asked>();
  const [busy, setBusy] = useState(false);
  const waiting = rows.filter(([, alarm]) => isWaiting(alarm));
  if (!rows.length) return <Empty hint={tab === "active" ? t("alarms.none.hint") : undefined}>{t(`alarms.none.${tab}` as Key)}</Empty>;
  const all = () => {
    setBusy(true);
    void acknowledgeAll(waiting.map(([id]) => id)).then(({ done, fault }) => {
      setBusy(false);
      if (done) toast(t("alarms.acknowledged", { n: done }));
      if (fault) toast(asFault(fault).what, { bad: true });
    });
  };
  return (
    <>
      {tab === "active" ? (
        <div className="row">
          <span className="quiet">{t("alarms.waiting", { n: waiting.length })}</span>
          {waiting.length > 1 && may ? <button type="button" className="push" disabled={busy} onClick={all}>{t("alarms.acknowledge_all", { n: waiting.length })}</button> : null}
          {may ? null : <small>{t("alarms.may_not")}</small>}
        </div>
      ) : null}
      <ul className="alarms" aria-label={t(`alarms.tab.${tab}` as Key)}>{rows.map((entry) => <AlarmRow key={entry[0]} entry={entry} onAsk={setAsked} />)}</ul>
      {asked ? <PutAside asked={asked} onClose={() => setAsked(undefined)} /> : null}
    </>
  );
}
