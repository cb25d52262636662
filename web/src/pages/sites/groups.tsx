// The lines of this site in one row each, and the services of its server.
import { href, serverNow, useTick, useUnheard, useWatched, withQuery } from "../../data";
import type { GroupView, LineView, PlantView, ServiceView, StationNowView, StationView } from "../../contract/views";
import { Card, stateCode, StateSign, Tag } from "../../kit";
import { label, number, share, span, t, word } from "../../words";

/** Lines that are shown live here; the others are links, for one connection watches so many. */
const LIVE_MAX = 24;

export function Groups({ plant }: { plant: PlantView }) {
  const rows = Object.entries(plant.groups ?? {});
  return (
    <Card title={t("sites.lines")}>
      <ul className="groups">{rows.map(([address, view], at) => <Group key={address} address={address} view={view} live={at < LIVE_MAX} />)}</ul>
    </Card>
  );
}

/** A line in one row: its stations in order, good against target, OEE. */
function Group({ address, view, live }: { address: string; view: GroupView; live: boolean }) {
  const line = useWatched<LineView>(live ? withQuery("/api/line", { address }) : undefined).value;
  const names = view.flow?.length ? view.flow : Object.keys(view.stations ?? {});
  const gap = line?.good === undefined || line.target === undefined ? undefined : Math.round(line.good - line.target);
  return (
    <li>
      <a href={href("line", address)}>{label(view.label, address)}</a>
      <ul className="signs" aria-label={t("line.stations")}>
        {live ? names.map((name) => <Sign key={name} name={name} view={view.stations?.[name]} is={line?.stations?.[name]} />) : null}
      </ul>
      <span className="num">{line?.good === undefined ? "" : <><b>{number(line.good, 0)}</b> <small>{t("sites.good_of", { n: number(line.target === undefined ? undefined : Math.round(line.target), 0) })}</small></>} {gap !== undefined && gap < 0 ? <Tag kind="high">{t("line.behind_by", { n: number(-gap, 0) })}</Tag> : null}</span>
      <span className="num"><small>OEE </small><b>{share(line?.oee)}</b>{view.target_oee === undefined ? "" : <small> {t("line.target_oee", { share: share(view.target_oee, 0) })}</small>}</span>
    </li>
  );
}

function Sign({ name, view, is }: { name: string; view: StationView | undefined; is: StationNowView | undefined }) {
  const state = stateCode(is?.state);
  const said = `${label(view?.label, name)}: ${word("state", state)}`;
  const unheard = useUnheard(is, view?.connected ?? false);
  return <li className={`state ${state}${unheard ? " greyed" : ""}`} title={said}><StateSign state={state} size="1.5em" /><span className="read-only">{said}</span></li>;
}

export function Services({ services }: { services: Readonly<Record<string, ServiceView>> }) {
  useTick(5000);
  return (
    <ul className="services">
      {Object.entries(services).map(([name, service]) => (
        <li key={name}>
          <span className={`state ${service.up ? "running" : "down"}`}><StateSign state={service.up ? "running" : "down"} size="1.6em" /></span>
          <b>{name}</b>
          <small>{service.up ? (service.since_ms === undefined ? t("sites.service.running") : t("sites.service.up", { span: span((serverNow() - service.since_ms) / 1000) })) : t("sites.service.down")}</small>
        </li>
      ))}
    </ul>
  );
}
