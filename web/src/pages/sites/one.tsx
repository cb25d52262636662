// One site at a glance: its clock, how fresh what is known of it is, and its day so far.
import { plantTime, serverNow, useSites, useTick } from "../../data";
import type { SiteNowView } from "../../contract/views";
import { Card, Tag, ValueInRange } from "../../kit";
import { day, dayAndTime, figure, label, number, share, span, t, time, word } from "../../words";

/** After so many s what a machine said is late, s. */
const LATE_S = 3;

/** How fresh a site is, in words. */
export function linkWords(site: SiteNowView): string {
  if (site.link === "none") return t("sites.link.none");
  if (site.link === "refused") return t("sites.link.refused");
  if (site.link === "offline") return site.heard_s === undefined ? t("sites.link.never") : t("sites.link.offline", { span: span(site.heard_s) });
  return site.age_s === undefined ? t("sites.link.silent") : t("sites.link.fresh", { span: span(site.age_s) });
}

/** How bad it is that a site is no fresher. */
export function troubleOf(site: SiteNowView): "critical" | "calm" {
  if (site.link === "none") return "calm";
  return site.link === "offline" || site.link === "refused" || site.age_s === undefined || site.age_s > LATE_S ? "critical" : "calm";
}

export const isHeard = (site: SiteNowView) => site.link === "here" || site.link === "fresh";

/** Its clock now: plant time where it is played faster, else the wall clock in its zone. */
export function useClockOf(site: SiteNowView): number | undefined {
  const own = useSites().value?.clock;
  useTick(1000);
  if (site.link === "here") return plantTime(own, serverNow());
  if (site.link !== "fresh") return site.simulated ? undefined : serverNow();
  return site.t_ms ?? serverNow();
}

export function LocalTime({ site }: { site: SiteNowView }) {
  const now = useClockOf(site);
  return <span className="num">{now === undefined ? "–" : `${day(now, site.timezone)} ${time(now, site.timezone)}`} <small>{t("sites.local")}</small></span>;
}

export function Site({ name, site, rev }: { name: string; site: SiteNowView; rev: string | undefined }) {
  const heard = isHeard(site);
  const known = heard || site.heard_s !== undefined;
  return (
    <Card className="site" title={label(site.label, name)} aside={<LocalTime site={site} />}>
      <div className="row">
        {site.link === "here" ? <Tag>{t("sites.link.here")}</Tag> : null}
        <Tag kind={troubleOf(site)}>{linkWords(site)}</Tag>
        {heard && site.shift ? <Tag>{word("shift", site.shift)}</Tag> : null}
        {site.simulated ? <Tag>{t("sites.simulated")}</Tag> : null}
        <span className="quiet">{site.country} {site.region}</span>
      </div>
      {heard ? null : <NotHeard site={site} />}
      {known ? <Day site={site} greyed={!heard} /> : null}
      <Foot site={site} rev={rev} />
    </Card>
  );
}

/** Why nothing new comes, and of when what still stands there is. */
function NotHeard({ site }: { site: SiteNowView }) {
  return (
    <p className="quiet site-why">
      {site.why ? <><b>{word("peer_why", site.why)}.</b> </> : null}
      {site.heard_ms === undefined ? null : <>{t("sites.as_of", { time: dayAndTime(site.heard_ms) })} </>}
      {site.link === "offline" ? t("sites.kept_there") : t("sites.to_admin")}
    </p>
  );
}

function Day({ site, greyed }: { site: SiteNowView; greyed: boolean }) {
  const target = site.target;
  return (
    <div className={`grid${greyed ? " greyed" : ""}`}>
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
    </div>
  );
}

function Fact({ n = 0, title, kind }: { n?: number; title: string; kind: "critical" | "high" | "medium" | "low" }) {
  return <div className="fact"><small>{title}</small>{n ? <Tag kind={kind}><b className="num">{number(n, 0)}</b></Tag> : <b className="num">0</b>}</div>;
}

/** Its own page, how many stations, and whether it works by another plant file than ours. */
function Foot({ site, rev }: { site: SiteNowView; rev: string | undefined }) {
  const other = site.told_by && site.plant_rev && rev && site.plant_rev !== rev;
  return (
    <div className="row site-foot">
      {site.told_by ? <a className="button" href={site.told_by} target="_blank" rel="noopener noreferrer">{t("sites.open")}</a> : null}
      {site.stations ? <small>{t("sites.stations", { n: site.stations })}</small> : null}
      {other ? <small>{t("sites.other_plant", { rev: (site.plant_rev ?? "").slice(0, 8) })}</small> : null}
    </div>
  );
}
