// Level 0: every site at a glance, with how fresh what is known of it is.
import { href, serverNow, usePlant, usePlantNow, useSites, useTick, useWatched, withQuery } from "../../data";
import type { GroupView, LineView, PlantView, ServiceView, SiteNowView } from "../../contract/views";
import { Busy, Card, FaultNote, Page, stateCode, StateSign, Tag, ValueInRange } from "../../kit";
import { day, figure, label, number, share, span, t, time, word } from "../../words";
import "./sites.css";

export default function Sites() {
  const sites = useSites();
  const plant = usePlant().value;
  if (sites.fault) return <Page title={t("sites.title")}><FaultNote fault={sites.fault} /></Page>;
  if (!sites.value) return <Page title={t("sites.title")}><Busy /></Page>;
  const all = Object.entries(sites.value.sites ?? {});
  return (
    <Page title={t("sites.title")} under={label(plant?.label, plant?.enterprise ?? "")} greyed={sites.freshness === "lost" || sites.freshness === "stale"}>
      <div className="sites">{all.map(([name, site]) => <Site key={name} name={name} site={site} plant={plant} />)}</div>
      {plant ? <Groups plant={plant} /> : null}
      <Card title={t("sites.services")}><Services services={sites.value.services ?? {}} /></Card>
    </Page>
  );
}

function Site({ name, site, plant }: { name: string; site: SiteNowView; plant: PlantView | undefined }) {
  const now = usePlantNow();
  const known = site.link !== "none";
  const target = site.target;
  return (
    <Card title={label(site.label, name)} aside={<span className="num">{now === undefined ? "" : `${day(now, site.timezone)} ${time(now, site.timezone)}`} <small>{t("sites.local")}</small></span>}>
      <div className="row"><Link site={site} />{site.shift ? <Tag>{word("shift", site.shift)}</Tag> : null}<span className="quiet">{plant?.sites?.[name]?.country} {plant?.sites?.[name]?.region}</span></div>
      {known ? (
        <>
          <ValueInRange label={t("sites.oee")} value={site.oee} text={share(site.oee)} range={[0, 1]} target={site.oee_target}
            targetText={site.oee_target === undefined ? undefined : t("line.target_oee", { share: share(site.oee_target, 0) })} />
          <ValueInRange label={t("sites.good")} value={site.good} text={number(site.good, 0)} target={target}
            targetText={target === undefined ? undefined : t("sites.of_target", { n: figure(Math.round(target)) })} />
          <div className="facts">
            <Fact n={site.open_calls} title={t("sites.calls")} kind="medium" />
            <Fact n={site.alarms} title={t("sites.alarms")} kind="high" />
            <Fact n={site.stopped} title={t("sites.stopped")} kind="critical" />
            <Fact n={site.unknown} title={t("sites.unknown")} kind="low" />
          </div>
          <small>{t("sites.stations", { n: site.stations ?? 0 })}</small>
        </>
      ) : <p className="quiet">{t("sites.only_plan")}</p>}
    </Card>
  );
}

function Fact({ n = 0, title, kind }: { n?: number; title: string; kind: "critical" | "high" | "medium" | "low" }) {
  return <div className="fact"><small>{title}</small>{n ? <Tag kind={kind}><b className="num">{number(n, 0)}</b></Tag> : <b className="num">0</b>}</div>;
}

function Link({ site }: { site: SiteNowView }) {
  if (site.link === "none") return <Tag>{t("sites.link.none")}</Tag>;
  const age = span(site.age_s);
  const late = site.age_s !== undefined && site.age_s > 3;
  const buffering = site.buffering_s ? <Tag kind="medium">{t("sites.buffering", { span: span(site.buffering_s) })}</Tag> : null;
  if (site.link === "offline") return <><Tag kind="critical">{t("sites.link.offline", { span: age })}</Tag>{buffering}</>;
  return <>{site.link === "here" ? <Tag>{t("sites.link.here")}</Tag> : null}{site.age_s === undefined ? null : <Tag kind={late ? "critical" : "calm"}>{t("sites.link.fresh", { span: age })}</Tag>}{buffering}</>;
}

/** Lines that are shown live here; the others are links, for one connection watches so many. */
const LIVE_MAX = 24;

function Groups({ plant }: { plant: PlantView }) {
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
        {names.map((name) => {
          const state = stateCode(line?.stations?.[name]?.state);
          const said = `${label(view.stations?.[name]?.label, name)}: ${word("state", state)}`;
          return live ? <li key={name} className={`state ${state}`} title={said}><StateSign state={state} size="1.5em" /><span className="read-only">{said}</span></li> : null;
        })}
      </ul>
      <span className="num">{line?.good === undefined ? "" : `${number(line.good, 0)} / ${number(line.target === undefined ? undefined : Math.round(line.target), 0)}`} {gap !== undefined && gap < 0 ? <Tag kind="high">{t("line.behind_by", { n: number(-gap, 0) })}</Tag> : null}</span>
      <span className="num">{share(line?.oee)}{view.target_oee === undefined ? "" : <small> {t("line.target_oee", { share: share(view.target_oee, 0) })}</small>}</span>
    </li>
  );
}

function Services({ services }: { services: Readonly<Record<string, ServiceView>> }) {
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
