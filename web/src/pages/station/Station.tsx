// A station's faceplate: how it does, its values in range, its shift, who was called, what may be set.
import { useMemo } from "react";
import { href, nameOf, placeAt, reasonWords, usePlant, usePlantNow, useUnheard, useWatched, withQuery } from "../../data";
import type { StationPageView, StationView } from "../../contract/views";
import { BigFigure, Busy, Card, Doubts, Empty, FaultNote, Page, StateMark, StateStrip, Tag, useTheme } from "../../kit";
import { label, number, share, span, t } from "../../words";
import { StationAlarms } from "./alarms";
import { CallCard } from "./calls";
import { Commands } from "./commands";
import { Values } from "./values";
import { Permits } from "./permits";
import "./station.css";

export default function Station({ address }: { address: string }) {
  const plant = usePlant().value;
  const place = placeAt(plant, address);
  const found = useWatched<StationPageView>(withQuery("/api/station", { address }));
  const view = found.value;
  const title = nameOf(plant, address);
  const others = place.view && place.group ? <Siblings group={place.group} names={namesOf(place.view)} at={address} /> : null;
  if (found.fault) return <Page title={title} aside={others}><FaultNote fault={found.fault} /></Page>;
  if (!view || !place.stationView) return <Page title={title} aside={others}><Busy /></Page>;
  return (
    <Page title={title} under={place.group ? <a href={href("line", place.group)}>{nameOf(plant, place.group)}</a> : undefined} aside={others} greyed={found.freshness === "lost" || found.freshness === "stale"}>
      <Head view={view} station={place.stationView} />
      <div className="station-two">
        <div className="grid">
          <Values address={address} view={view} station={place.stationView} />
          <Shift view={view} name={title} />
          <div className="station-pair">
            <Commands address={address} view={view} station={place.stationView} />
            <Permits view={view} station={place.stationView} />
          </div>
        </div>
        <div className="grid">
          <StationAlarms address={address} />
          <CallCard address={address} />
          <Upkeep view={view} station={place.stationView} />
        </div>
      </div>
    </Page>
  );
}

const namesOf = (group: { flow?: string[]; stations?: Record<string, unknown> }): string[] => [...new Set([...(group.flow ?? []), ...Object.keys(group.stations ?? {})])];

/** The other stations of the line, in flow order: the page is gone through like the line. */
function Siblings({ group, names, at }: { group: string; names: readonly string[]; at: string }) {
  const plant = usePlant().value;
  return (
    <nav className="segments station-others no-print" aria-label={t("station.others")}>
      {names.map((name) => <a key={name} className="button" href={href("station", `${group}/${name}`)} aria-current={`${group}/${name}` === at ? "page" : undefined}>{nameOf(plant, `${group}/${name}`)}</a>)}
    </nav>
  );
}

function Head({ view, station }: { view: StationPageView; station: StationView }) {
  const plant = usePlant().value;
  const now_ms = usePlantNow(1000);
  const { now } = view;
  const since = now.since_ms !== undefined && now_ms !== undefined ? span((now_ms - now.since_ms) / 1000) : undefined;
  const made = (now.good ?? 0) + (now.scrap ?? 0);
  const unheard = useUnheard(now, station.connected ?? false);
  return (
    <Card className={unheard ? "greyed" : ""}>
      <div className="station-head">
        <div className="figure">
          <StateMark state={now.state} size="2.4rem" />
          <small>{[since ? t("line.for", { span: since }) : "", now.reason ? reasonWords(plant, now.reason) : ""].filter(Boolean).join(" · ")}</small>
          <span className="row"><Doubts doubts={now.doubts} />{now.case ? <a href={href("cases", now.case)}><Tag kind="medium">{t("line.case")}</Tag></a> : null}</span>
        </div>
        <BigFigure label={t("station.good")} value={number(now.good ?? 0, 0)} note={t("station.scrap", { n: number(now.scrap ?? 0, 0), share: share(made ? (now.scrap ?? 0) / made : undefined) })} />
        <BigFigure label="OEE" value={share(view.oee)} note={t("station.oee", { a: share(view.availability, 0), e: share(view.effectiveness, 0), q: share(view.quality_ratio, 0) })} />
        <BigFigure label={t("station.standard")} value={station.cycle_s ? `${number(station.cycle_s, 1)} s` : "–"} note={now.product ? `${now.product}${now.order ? ` · ${now.order}` : ""}` : undefined} />
        {view.mtbf_h !== undefined || view.mttr_h !== undefined ? <BigFigure label={t("station.mtbf")} value={`${number(view.mtbf_h)} h`} note={t("station.mttr", { h: number(view.mttr_h, 2) })} /> : null}
      </div>
    </Card>
  );
}

function Shift({ view, name }: { view: StationPageView; name: string }) {
  const theme = useTheme();
  const stretches = view.strip?.stretches;
  const lanes = useMemo(() => [{ id: view.address, name, stretches: stretches ?? [] }], [view.address, name, stretches]);
  const [first, last] = [stretches?.[0], stretches?.at(-1)];
  const line = view.address.slice(0, view.address.lastIndexOf("/"));
  return (
    <Card title={t("station.shift")} aside={<a href={href("stops", line)}>{t("nav.stops")}</a>}>
      {first && last ? <StateStrip lanes={lanes} from_ms={first[0]} until_ms={last[1]} theme={theme} /> : <Empty>{t("line.no_shift")}</Empty>}
    </Card>
  );
}

/** Life used of what wears, and the open maintenance orders. */
function Upkeep({ view, station }: { view: StationPageView; station: StationView }) {
  const wears = Object.entries(view.now.wear ?? {});
  const orders = view.maintenance ?? [];
  return (
    <Card title={t("station.upkeep")}>
      {wears.map(([name, { used }]) => (
        <div key={name} className="station-wear">
          <span>{label(station.wears?.[name], name)}</span><b className="num">{t("station.used", { share: share(used, 0) })}</b>
          <span className="station-life" role="progressbar" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(used * 100)} aria-label={label(station.wears?.[name], name)}><i className={used >= 1 ? "worn" : ""} style={{ width: `${Math.min(100, used * 100)}%` }} /></span>
          {used >= 1 ? <Tag kind="medium">{t("station.worn")}</Tag> : null}
        </div>
      ))}
      {orders.length ? <ul className="station-list">{orders.map((each) => <li key={each}>{each}</li>)}</ul> : <p className="quiet">{t("station.no_orders")}</p>}
    </Card>
  );
}
