// Downtime: what waits for a reason, when each station stood, what weighs most, and every event.
import { useMemo, useState } from "react";
import {
  giveReason, nameOf, reasonWords, undoStop, useChosenWindow, useMay, usePlant, useQuery, useStops, useWatched, useWho, withQuery,
} from "../../data";
import type { StopsView, StopView, StripsView } from "../../contract/views";
import { Busy, Card, Covered, FaultNote, Lanes, Page, useGiving, useTheme, WindowPicker, type LaneOf } from "../../kit";
import { t } from "../../words";
import { StopList } from "./list";
import { OneStop } from "./one";
import { Queue } from "./queue";
import { Weights } from "./weights";
import "./stops.css";

/** The stop that a stretch of a lane is part of. */
export function stopAt(view: StopsView, station: string, t_ms: number): string | undefined {
  const within = (stop: StopView) => stop.address === station && stop.from_ms <= t_ms && (stop.until_ms === undefined || t_ms < stop.until_ms);
  return Object.entries(view.stops ?? {}).find(([, stop]) => within(stop))?.[0];
}

export default function Stops({ address }: { address: string }) {
  const plant = usePlant().value;
  const [shown, setShown] = useState<StopsView["window"]>();
  const chosen = useChosenWindow(shown);
  const found = useStops(withQuery("/api/stops", { address, ...chosen.query }));
  const [opened, setOpened] = useState<string>();
  const [filter, setFilter] = useQuery("reason");
  const may = useMay("reason");
  const who = useWho();
  const giving = useGiving({ give: giveReason, undo: undoStop, words: (code) => reasonWords(plant, code), who });
  const view = found.value;
  if (view && view.window.name !== shown?.name) setShown(view.window);
  const title = `${t("nav.stops")} · ${nameOf(plant, address)}`;
  const picker = <WindowPicker {...chosen.picker} />;
  if (found.fault) return <Page title={title} aside={picker}><FaultNote fault={found.fault} /></Page>;
  if (!view) return <Page title={title} aside={picker}><Busy /></Page>;
  const one = opened === undefined ? undefined : view.stops?.[opened];
  return (
    <Page title={title} under={<Covered window={view.window} />} aside={picker} greyed={found.freshness === "lost" || found.freshness === "stale"}>
      <Queue view={view} may={may} giving={giving} onOpen={setOpened} />
      <LanesCard address={address} query={chosen.query} stops={view} onOpen={setOpened} />
      <div className="stops-two">
        <Weights address={address} query={chosen.query} chosen={filter} onChoose={setFilter} />
        <StopList view={view} filter={filter} onClear={() => setFilter("")} onOpen={setOpened} chosen={opened} />
      </div>
      {one && opened !== undefined
        ? <OneStop key={opened} id={opened} stop={one} view={view} giving={giving} onClose={() => setOpened(undefined)} />
        : giving.dialog}
    </Page>
  );
}

function LanesCard(
  { address, query, stops, onOpen }:
  { address: string; query: Record<string, string | number>; stops: StopsView; onOpen: (id: string) => void },
) {
  const plant = usePlant().value;
  const theme = useTheme();
  const strips = useWatched<StripsView>(withQuery("/api/strips", { address, ...query }));
  const view = strips.value;
  const lanes = useMemo<LaneOf[]>(() => {
    const stations = Object.entries(view?.lanes ?? {});
    const waiting = (stops.waiting ?? []).map((id) => stops.stops?.[id]).filter((stop) => stop !== undefined);
    return stations.map(([id, stretches]) => ({
      id, name: nameOf(plant, id), stretches,
      waiting: waiting.filter((stop) => stop.address === id).map((stop) => [stop.from_ms, stop.until_ms ?? stop.from_ms + stop.s * 1000]),
    }));
  }, [view, stops, plant]);
  if (strips.fault) return <Card title={t("stops.lanes")}><FaultNote fault={strips.fault} /></Card>;
  if (!view) return <Card title={t("stops.lanes")}><Busy /></Card>;
  return (
    <Card title={t("stops.lanes")}>
      <Lanes lanes={lanes} from_ms={view.window.from_ms} until_ms={view.window.until_ms} theme={theme} label={t("stops.lanes")}
        onOpen={(station, stretch) => { const id = stopAt(stops, station, stretch[0]); if (id) onOpen(id); }} />
    </Card>
  );
}
