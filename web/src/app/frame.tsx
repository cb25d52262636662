// The frame with its content: site, line, clock, freshness, language, theme, person.
import { useMemo, type ReactNode } from "react";
import {
  act, asFault, browserZone, go, href, nameOf, readAs, reading, serverNow, signOut, plantTime,
  useFreshness, useMay, usePlant, useRoute, useSession, useSites, useTick,
} from "../data";
import type { PlantView, SitesView } from "../contract/views";
import {
  AppShell, chooseTheme, chosenTheme, Field, Menu, Segments, toast, useTheme, type NavGroup, type Theme,
} from "../kit";
import { day, label, LANGUAGES, number, span, spoken, t, timeToSecond, zone, type Language } from "../words";
import { ICONS } from "./icons";
import { PAGES } from "./pages";

const NAV = ["overview", "line", "detail", "house"] as const;
const KEPT = "linewright.group";

/** The line that pages of a line are about: that of the path, else the last, else the first. */
export function useGroup(plant: PlantView | undefined): string {
  const { page, address } = useRoute();
  const groups = Object.keys(plant?.groups ?? {});
  const about = PAGES[page]?.about;
  const above = about === "station" ? address.slice(0, address.lastIndexOf("/")) : address;
  const found = (about === "group" || about === "station") && groups.includes(above) ? above : undefined;
  if (found) sessionStorage.setItem(KEPT, found);
  const last = sessionStorage.getItem(KEPT) ?? "";
  const flowing = groups.find((each) => plant?.groups?.[each]?.kind === "line");
  return found ?? (groups.includes(last) ? last : (flowing ?? groups[0] ?? ""));
}

export function Frame({ children }: { children: ReactNode }) {
  const plant = usePlant().value;
  const sites = useSites().value;
  const route = useRoute();
  const group = useGroup(plant);
  const may = useSession().view?.may ?? [];
  const now = sites && plant ? sites.sites?.[plant.site] : undefined;
  const groups = useMemo<NavGroup[]>(() => NAV.map((name) => ({
    title: name === "line" && group ? nameOf(plant, group) : t(`nav.group.${name}`),
    items: Object.entries(PAGES)
      .filter(([, row]) => row.nav === name && (!row.permission || may.includes(row.permission)))
      .filter(([, row]) => row.about !== "group" || group)
      .map(([page, row]) => ({
        href: href(page, row.about === "group" ? group : row.about === "station" ? stationOf(plant, group) : ""),
        title: t(row.title), icon: ICONS[row.icon], first: row.first, current: page === route.page,
        count: page === "alarms" ? now?.alarms : page === "calls" ? now?.open_calls : undefined,
      })),
  })).filter((each) => each.items.length), [plant, group, route.page, may, now?.alarms, now?.open_calls]);
  return (
    <AppShell groups={groups} place={`${route.page}/${route.address}`} where={<Where plant={plant} group={group} />}
      clock={<Clock sites={sites} zoneOf={plant?.sites?.[plant.site]?.timezone} />} right={<><Stop sites={sites} /><Mine sites={sites} /></>} banner={useBanner(sites)}>
      {children}
    </AppShell>
  );
}

const stationOf = (plant: PlantView | undefined, group: string): string => {
  const view = plant?.groups?.[group];
  const name = view?.flow?.[0] ?? Object.keys(view?.stations ?? {})[0];
  return name ? `${group}/${name}` : group;
};

function Where({ plant, group }: { plant: PlantView | undefined; group: string }) {
  const { page, query } = useRoute();
  if (!plant) return null;
  const site = plant.sites?.[plant.site];
  const about = PAGES[page]?.about;
  const groups = Object.entries(plant.groups ?? {});
  return (
    <>
      <span className="nowrap">{label(site?.label, plant.site)}</span>
      {groups.length && about !== "nothing" ? (
        <select aria-label={t("top.line")} value={group} onChange={(event) => {
          const stays = about === "group" ? page : "line";
          go(href(stays, event.target.value, stays === page ? Object.fromEntries(query) : {}));
        }}>
          {groups.map(([address, view]) => <option key={address} value={address}>{label(view.label, address)}</option>)}
        </select>
      ) : null}
    </>
  );
}

function Clock({ sites, zoneOf }: { sites: SitesView | undefined; zoneOf: string | undefined }) {
  useTick(500);
  const freshness = useFreshness();
  const now = plantTime(sites?.clock, serverNow());
  const speed = sites?.clock.speed ?? 1;
  const of = reading().zone === "mine" ? browserZone() : (zoneOf ?? zone());
  const said = freshness === "fresh" ? (speed !== 1 ? t("clock.simulated", { speed: number(speed, 1) }) : t("clock.plant")) : t(`freshness.${freshness}`);
  return (
    <div className={`clock${freshness === "fresh" ? "" : " greyed"}`} title={`${now === undefined ? "" : day(now, of)} ${of}`}>
      <b>{now === undefined ? "--:--" : timeToSecond(now, of)}</b>
      <small>{said}</small>
    </div>
  );
}

/** Longest silence that is told in seconds of its own. */
function useBanner(sites: SitesView | undefined): { kind: "critical" | "high"; text: ReactNode } | undefined {
  const freshness = useFreshness();
  if (freshness === "lost") return { kind: "critical", text: t("banner.lost") };
  const down = Object.entries(sites?.services ?? {}).filter(([, service]) => !service.up).map(([name]) => name);
  if (down.length) return { kind: "critical", text: t("banner.services", { names: down.join(", "), n: down.length }) };
  const here = Object.values(sites?.sites ?? {}).find((site) => site.link === "here");
  if (here?.age_s !== undefined && here.age_s > 3) return { kind: "critical", text: t("banner.no_data", { span: span(here.age_s) }) };
  if (sites?.actions_stopped) return { kind: "high", text: t("banner.stopped", { by: sites.actions_stopped_by ?? "" }) };
  return undefined;
}

/** Ends every automatic write; stopping asks nothing, letting go on does it on the Cases page. */
function Stop({ sites }: { sites: SitesView | undefined }) {
  const may = useMay("stop");
  if (!may || !sites || sites.actions_stopped) return null;
  const stop = () => act("POST", "/api/stop").then(() => toast(t("stop.done")), (error: unknown) => toast(asFault(error).what, { bad: true }));
  return <button type="button" className="danger stop" onClick={stop} title={t("stop.title")}>{t("stop.short")}</button>;
}

function Mine({ sites }: { sites: SitesView | undefined }) {
  const view = useSession().view;
  useTheme();
  const mine = reading();
  return (
    <Menu name={t("mine.name")} title={<>{ICONS.people}<span className="read-only">{t("mine.name")}</span></>}>
      <b>{view?.name || view?.person || t("mine.nobody")}</b>
      <div className="small-only"><Stop sites={sites} /></div>
      <Field label={t("mine.language")}>
        <select value={spoken()} onChange={(event) => void readAs({ language: event.target.value as Language })}>
          {Object.entries(LANGUAGES).map(([name, said]) => <option key={name} value={name}>{said}</option>)}
        </select>
      </Field>
      <Field label={t("mine.locale")}>
        <select value={mine.locale ?? ""} onChange={(event) => void readAs({ locale: event.target.value }).then(() => location.reload())}>
          <option value="">{t("mine.locale.language")}</option>
          {["en-US", "es-MX", "fr-CA", "zh-CN", "en-CA", "en-GB", "de-DE"].map((name) => <option key={name}>{name}</option>)}
        </select>
      </Field>
      <Segments label={t("mine.zone")} value={mine.zone ?? "site"} choices={[["site", t("mine.zone.site")], ["mine", t("mine.zone.mine")]]}
        onChoose={(wanted) => void readAs({ zone: wanted }).then(() => location.reload())} />
      <Segments<Theme> label={t("mine.theme")} value={chosenTheme()} onChoose={chooseTheme}
        choices={[["system", t("theme.system")], ["light", t("theme.light")], ["dark", t("theme.dark")]]} />
      {view?.person ? <button type="button" onClick={() => void signOut()}>{t("sign_out")}</button> : <a className="button" href="/sign-in">{t("sign_in")}</a>}
    </Menu>
  );
}
