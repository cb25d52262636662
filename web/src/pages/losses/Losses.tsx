// Losses: where calendar time went, bar by bar, with the events behind each, and the indicators.
import { useState } from "react";
import { nameOf, placeAt, useChosenWindow, usePlant, useQuery, useWatched, withQuery } from "../../data";
import type { LossesView } from "../../contract/views";
import { Busy, Card, Covered, FaultNote, Page, Stale, WindowPicker } from "../../kit";
import { t, word } from "../../words";
import { Fall } from "./fall";
import { Indicators, MoreIndicators } from "./indicators";
import { Stations } from "./stations";
import "./losses.css";

export default function Losses({ address }: { address: string }) {
  const plant = usePlant().value;
  const [shown, setShown] = useState<LossesView["window"]>();
  const chosen = useChosenWindow(shown);
  const [station, setStation] = useQuery("station");
  const of = station ? `${address}/${station}` : address;
  const found = useWatched<LossesView>(withQuery("/api/losses", { address: of, ...chosen.query }));
  const whole = useWatched<LossesView>(station ? withQuery("/api/losses", { address, ...chosen.query }) : undefined);
  const view = found.value;
  if (view && view.window.name !== shown?.name) setShown(view.window);
  const group = placeAt(plant, address).view;
  const title = `${t("nav.losses")} · ${nameOf(plant, of)}`;
  const back = station ? <button type="button" onClick={() => setStation("")}>{nameOf(plant, address)}<span aria-hidden="true"> ✕</span></button> : null;
  const picker = <>{back}<WindowPicker {...chosen.picker} /></>;
  if (found.fault) return <Page title={title} aside={picker}><FaultNote fault={found.fault} /></Page>;
  if (!view) return <Page title={title} aside={picker}><Busy /></Page>;
  const stations = (station ? whole.value?.stations : view.stations) ?? {};
  return (
    <Page title={title} under={<Covered window={view.window} />} aside={picker} greyed={found.freshness === "lost" || found.freshness === "stale"}>
      {(view.findings ?? []).map((code) => <Stale key={code}>{word("finding", code)}</Stale>)}
      <Indicators kpis={view.kpis ?? {}} target={group?.target_oee} />
      <Fall key={of} address={of} view={view} query={chosen.query} window={chosen.name} group={address} />
      <Card title={t("losses.stations")} aside={<small>{t("losses.stations.open")}</small>}>
        <Stations stations={stations} chosen={station ? of : undefined} onOpen={(each) => setStation(each === of ? "" : each.slice(each.lastIndexOf("/") + 1))} />
      </Card>
      <MoreIndicators kpis={view.kpis ?? {}} />
    </Page>
  );
}
