// What the report says: the figures, the hours, the losses, the longest stops, alarms and calls.
import { href, isReason, nameOf, reasonWords, usePlant, useWho } from "../../data";
import type { HoursView, LossesView, ReportView } from "../../contract/views";
import { BigFigure, Card, Empty, Scrolled, Tag } from "../../kit";
import { minutes, NONE, number, share, signed, span, t, time, word } from "../../words";

/** Stops and reasons that fit on two pages of paper. */
const STOPS = 10;
const REASONS = 8;

export function Parts({ view }: { view: ReportView }) {
  return (
    <>
      <Head view={view} />
      {view.hours ? <Hours view={view.hours} /> : null}
      <div className="report-two">
        {view.losses ? <Losses view={view.losses} /> : null}
        <Reasons view={view} />
      </div>
      <Stops view={view} />
      <Attention view={view} />
    </>
  );
}

function Head({ view }: { view: ReportView }) {
  const kpis = view.losses?.kpis ?? {};
  const last = (view.hours?.hours ?? []).filter((each) => each.gap !== undefined).at(-1);
  const ends = view.hours?.projection;
  return (
    <Card className="report-head">
      <BigFigure label={t("report.gap")} value={signed(last?.gap, 0)} note={view.hours?.target_end === undefined ? undefined : t("report.target", { n: number(view.hours.target_end, 0) })} />
      {view.window.open && ends ? <BigFigure label={t("hours.ends")} value={number(ends.value, 0)} note={t("hours.ends.band", { low: number(ends.low, 0), high: number(ends.high, 0) })} /> : null}
      {["oee", "availability", "effectiveness", "quality_ratio"].map((name) => <BigFigure key={name} label={word("kpi", name)} value={share(kpis[name])} />)}
    </Card>
  );
}

function Hours({ view }: { view: HoursView }) {
  const plant = usePlant().value;
  const hours = (view.hours ?? []).filter((each) => each.planned_s > 0 || each.good);
  return (
    <Card title={t("hours.table")}>
      {hours.length ? (
        <Scrolled name={t("hours.table")}><table className="list tight report-hours">
          <thead><tr><th><span>{t("hours.hour")}</span></th><th className="right"><span>{t("hours.target")}</span></th><th className="right"><span>{t("hours.good")}</span></th><th className="right"><span>{t("hours.scrap")}</span></th><th className="right"><span>{t("hours.gap")}</span></th><th><span>{t("hours.why")}</span></th></tr></thead>
          <tbody>
            {hours.map((hour) => (
              <tr key={hour.from_ms}>
                <td className="num nowrap">{time(hour.from_ms)}–{time(hour.until_ms)}</td>
                <td className="right">{number(hour.target, 1)}</td>
                <td className="right"><b>{number(hour.good, 0)}</b></td>
                <td className="right">{hour.good === undefined ? NONE : number(hour.scrap ?? 0, 0)}</td>
                <td className="right">{signed(hour.gap, 0)}</td>
                <td>{hour.red ? <><Tag kind="high">{t("hours.red")}</Tag> </> : null}{[
                  hour.reason && isReason(plant, hour.reason) ? reasonWords(plant, hour.reason) : "",
                  ...Object.entries(hour.lost_s ?? {}).sort((one, other) => other[1] - one[1]).slice(0, 2).map(([category, s]) => `${word("category", category)} ${minutes(s)}`),
                ].filter(Boolean).map((each, at) => <span key={each}>{at ? " · " : ""}<span className="nowrap">{each}</span></span>)}{hour.comment ? <> <q>{hour.comment}</q></> : null}</td>
              </tr>
            ))}
          </tbody>
        </table></Scrolled>
      ) : <Empty>{t("hours.none")}</Empty>}
    </Card>
  );
}

function Losses({ view }: { view: LossesView }) {
  const plant = usePlant().value;
  const bars = (view.bars ?? []).filter((bar) => bar.s !== 0);
  return (
    <Card title={t("losses.fall")} aside={<small className="num">{[...(view.of ?? []).map((each) => nameOf(plant, each)), `${word("category", "calendar")} ${span(view.calendar_s)}`, share(1, 1)].join(" · ")}</small>}>
      <table className="list tight"><tbody>
        {bars.map((bar) => (
          <tr key={bar.code}><td>{word("category", bar.code)}</td><td className="right nowrap">{bar.s < 0 ? `−${span(-bar.s)}` : span(bar.s)}</td><td className="right"><b>{share(Number(bar.percent) / 100, 1)}</b></td></tr>
        ))}
      </tbody></table>
      {(view.findings ?? []).map((code) => <small key={code}>{word("finding", code)}</small>)}
    </Card>
  );
}

function Reasons({ view }: { view: ReportView }) {
  const plant = usePlant().value;
  const rows = view.pareto?.rows ?? [];
  const cause = (code: string) => (!code ? t("stops.no_reason") : isReason(plant, code) ? reasonWords(plant, code) : word("category", code));
  return (
    <Card title={t("stops.pareto")} aside={<small>{t("stops.all_stations")}</small>}>
      {rows.length ? (
        <table className="list tight"><tbody>
          {rows.slice(0, REASONS).map(([code, s, n]) => <tr key={code}><td>{cause(code)}</td><td className="right nowrap">{t("stops.times", { n })}</td><td className="right nowrap"><b>{span(s)}</b></td></tr>)}
        </tbody></table>
      ) : <Empty>{t("stops.none")}</Empty>}
    </Card>
  );
}

function Stops({ view }: { view: ReportView }) {
  const plant = usePlant().value;
  const who = useWho();
  const stops = (view.stops ?? []).slice(0, STOPS);
  return (
    <Card title={t("report.stops")}>
      {stops.length ? (
        <Scrolled name={t("report.stops")}><table className="list tight report-stops"><tbody>
          {stops.map((stop) => (
            <tr key={`${stop.address}${stop.from_ms}`}>
              <td className="num nowrap">{time(stop.from_ms)}{stop.until_ms === undefined ? ` · ${t("stops.open")}` : `–${time(stop.until_ms)}`}</td>
              <td>{nameOf(plant, stop.address)}</td><td className="right nowrap"><b>{span(stop.s)}</b></td>
              <td>{stop.reason ? reasonWords(plant, stop.reason) : stop.unexplained ? <Tag kind="medium">{t("stops.no_reason")}</Tag> : word("category", stop.category)}{stop.by ? <small> · {who(stop.by)}</small> : null}{stop.comment ? <> <q>{stop.comment}</q></> : null}</td>
            </tr>
          ))}
        </tbody></table></Scrolled>
      ) : <Empty>{t("stops.none")}</Empty>}
    </Card>
  );
}

function Attention({ view }: { view: ReportView }) {
  const alarms = Object.entries(view.alarms ?? {});
  const said = (name: string, value: number) => (name.endsWith("_share") ? share(value) : name.includes("_s_") ? span(value) : number(value, 2));
  return (
    <Card title={t("report.attention")}>
      <dl className="facts-list">
        <dt>{t("nav.alarms")}</dt><dd>{alarms.length ? alarms.map(([name, value]) => `${word("alarmfigure", name)} ${said(name, value)}`).join(" · ") : NONE}</dd>
        <dt>{t("nav.calls")}</dt><dd>{view.calls?.length ? <a href={href("calls", view.address, { tab: "past", window: view.window.name })}>{number(view.calls.length, 0)}</a> : 0}</dd>
        <dt>{t("nav.cases")}</dt><dd>{view.cases?.length ? view.cases.map((id, at) => <span key={id}>{at ? " · " : ""}<a href={href("cases", id)}>{id}</a></span>) : 0}</dd>
      </dl>
    </Card>
  );
}
