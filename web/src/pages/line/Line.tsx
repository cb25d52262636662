// Level 1: one line or work centre now, and what the twin expects of its next hours.
import { href, nameOf, placeAt, usePlant, usePlantNow, useWatched, withQuery } from "../../data";
import type { AheadView, LineView } from "../../contract/views";
import { BandChart, Busy, Card, Empty, FaultNote, Page, Stale } from "../../kit";
import { t, time, word } from "../../words";
import { Flow } from "./flow";
import { Summary } from "./summary";
import "./line.css";

export default function Line({ address }: { address: string }) {
  const plant = usePlant().value;
  const line = useWatched<LineView>(withQuery("/api/line", { address }));
  const place = placeAt(plant, address);
  const title = nameOf(plant, address);
  if (line.fault) return <Page title={title}><FaultNote fault={line.fault} /></Page>;
  if (!line.value || !place.view) return <Page title={title}><Busy /></Page>;
  const under = [
    place.view.kind === "work_centre" ? t("line.title.work_centre") : "",
    line.value.as_of_ms === undefined ? "" : t("line.as_of", { time: time(line.value.as_of_ms) }),
  ].filter(Boolean).join(" · ");
  return (
    <Page title={title} under={under} greyed={line.freshness === "lost" || line.freshness === "stale"}
      aside={<a className="button" href={href("andon", address)}>{t("nav.andon")}</a>}>
      <Summary line={line.value} group={place.view} />
      <Flow line={line.value} group={place.view} />
      {place.view.kind === "line" ? <Ahead address={address} good={line.value.good} /> : null}
    </Page>
  );
}

/** A quarter of the screen in the units of the page, so that a wall is not half empty. */
const CHART_HIGH = Math.max(220, (0.26 * innerHeight * 16) / parseFloat(getComputedStyle(document.documentElement).fontSize));

/** The twin's next hours beside the real ones, and what it had said of the past. */
function Ahead({ address, good }: { address: string; good: number | undefined }) {
  const ahead = useWatched<AheadView>(withQuery("/api/line/ahead", { address }));
  const now = usePlantNow(5000);
  const view = ahead.value;
  if (ahead.fault) return <Card title={t("line.ahead")}><FaultNote fault={ahead.fault} /></Card>;
  if (!view) return <Card title={t("line.ahead")}><Busy /></Card>;
  const past = view.past ?? [];
  const last = past.at(-1);
  const before = good === undefined || !last ? 0 : good - last[1]; // so that it counts as the page does
  const from = (last?.[1] ?? 0) + before;
  const shifted = (value: number | undefined) => (value === undefined ? undefined : value + before);
  const points = (list: AheadView["ahead"], after_ms = 0) =>
    (list ?? []).filter(([t_ms]) => t_ms > after_ms).map(([t_ms, each]) => ({ t_ms, value: shifted(each.value), low: shifted(each.low), high: shifted(each.high) }));
  const begins = last ? [{ t_ms: last[0], value: from, low: from, high: from }] : [];
  const notes = [
    t("line.ahead.counts"),
    view.made_ms === undefined ? "" : t("line.ahead.made", { time: time(view.made_ms) }),
    view.scores ? t("line.ahead.scores", { n: view.scores }) : "",
  ].filter(Boolean).join(" · ");
  return (
    <Card title={t("line.ahead")} aside={<small>{notes}</small>}>
      {view.valid === false ? <Stale>{t("line.ahead.invalid", { why: word("caveat", view.caveat ?? "") })}</Stale> : null}
      {view.ahead?.length || past.length ? (
        <BandChart label={t("line.ahead")} height={CHART_HIGH} now_ms={last?.[0] ?? now} series={[
          { label: t("line.ahead.real"), kind: "real", points: past.filter(([, value]) => value + before >= 0).map(([t_ms, value]) => ({ t_ms, value: value + before })) },
          { label: t("line.ahead.expected"), kind: "ahead", points: [...begins, ...points(view.ahead, last?.[0])] },
          { label: t("line.ahead.was"), kind: "was", points: points(view.was) },
        ]} />
      ) : <Empty>{t("line.ahead.none")}</Empty>}
    </Card>
  );
}

