// Level 0: every site at a glance, with how fresh what is known of it is; those of other servers too.
import { useMay, usePlant, useSites } from "../../data";
import type { SiteNowView } from "../../contract/views";
import { Busy, Card, FaultNote, Page } from "../../kit";
import { label, t } from "../../words";
import { Groups, Services } from "./groups";
import { placed, SitesMap } from "./map";
import { LocalTime, Site } from "./one";
import { Peers } from "./peers";
import "./sites.css";

type Named = readonly [name: string, site: SiteNowView];

/** Our own site first, then by name. */
export function inOrder(sites: Readonly<Record<string, SiteNowView>>): Named[] {
  const last = ([, site]: Named) => (site.link === "here" ? 0 : site.link === "none" ? 2 : 1);
  return Object.entries(sites).sort((one, other) => last(one) - last(other) || one[0].localeCompare(other[0]));
}

export default function Sites() {
  const sites = useSites();
  const plant = usePlant().value;
  const admin = useMay("peers");
  if (sites.fault) return <Page title={t("sites.title")}><FaultNote fault={sites.fault} /></Page>;
  if (!sites.value) return <Page title={t("sites.title")}><Busy /></Page>;
  const all = inOrder(sites.value.sites ?? {});
  const followed = all.filter(([, site]) => site.link !== "none");
  const planned = all.filter(([, site]) => site.link === "none");
  const on = placed(all);
  const [alone, rev] = [all.length === 1, sites.value.sites?.[plant?.site ?? ""]?.plant_rev];
  const cards = followed.map(([name, site]) => <Site key={name} name={name} site={site} rev={rev} />);
  const services = <Card title={t("sites.services")}><Services services={sites.value.services ?? {}} /></Card>;
  return (
    <Page title={t("sites.title")} under={label(plant?.label, plant?.enterprise ?? "")} greyed={sites.freshness === "lost" || sites.freshness === "stale"}>
      <div className={alone ? "sites one" : on.length > 1 ? "sites mapped" : "sites"}>
        {alone ? cards : <div className="sites">{cards}</div>}
        {on.length > 1 ? <Card className="where" title={t("sites.map")}><SitesMap sites={on} />{planned.length ? <Planned sites={planned} /> : null}</Card> : null}
        {on.length <= 1 && planned.length ? <Card title={t("sites.planned")}><Planned sites={planned} /></Card> : null}
        {alone && plant ? <div className="grid"><Groups plant={plant} />{services}</div> : null}
      </div>
      {!alone && plant ? <Groups plant={plant} /> : null}
      {alone ? null : services}
      {admin ? <Peers /> : null}
    </Page>
  );
}

/** Sites that the plant file names and whose server is not followed. */
function Planned({ sites }: { sites: readonly Named[] }) {
  return (
    <ul className="planned">
      {sites.map(([name, site]) => (
        <li key={name}><b>{label(site.label, name)}</b> <span className="quiet">{site.country} {site.region}</span> <LocalTime site={{ ...site, link: "offline" }} /> <small>{t("sites.only_plan")}</small></li>
      ))}
    </ul>
  );
}
