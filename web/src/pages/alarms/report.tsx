// How well the alarms serve people: each figure beside its published target.
import { alarmPlaceWords, alarmPlace, alarmWords, href, useChosenWindow, usePlant, useWatched, withQuery } from "../../data";
import type { AlarmReportView } from "../../contract/views";
import { BigFigure, Busy, Card, Empty, FaultNote, Pareto, Tag, WindowPicker } from "../../kit";
import { dayAndTime, number, share, span, t, type Key } from "../../words";
import { targetsOf } from "./targets";

export function Report({ address }: { address: string }) {
  const chosen = useChosenWindow();
  const found = useWatched<AlarmReportView>(withQuery("/api/alarms/report", { address, ...chosen.query }));
  const view = found.value;
  const picker = <WindowPicker {...chosen.picker} />;
  if (found.fault) return <Card title={t("alarms.tab.report")} aside={picker}><FaultNote fault={found.fault} /></Card>;
  if (!view) return <Card title={t("alarms.tab.report")} aside={picker}><Busy /></Card>;
  return (
    <>
      <Card title={t("alarms.tab.report")} aside={picker}>
        <small className="num">{dayAndTime(view.from_ms)} – {dayAndTime(view.until_ms)}</small>
        <div className="alarms-figures">
          <BigFigure label={t("alarms.raised")} value={number(view.raised ?? 0, 0)} />
          <BigFigure label={t("alarms.to_acknowledge")} value={span(view.acknowledge_s_p50)} note={t("alarms.median")} />
          <BigFigure label={t("alarms.tab.shelved")} value={number(view.shelved_now ?? 0, 0)} note={t("alarms.now")} />
          <BigFigure label={t("alarms.tab.out_of_service")} value={number(view.out_of_service_now ?? 0, 0)} note={t("alarms.now")} />
        </div>
        <div className="scroll">
          <table className="list blocks">
            <caption className="read-only">{t("alarms.tab.report")}</caption>
            <thead><tr><th scope="col"><span>{t("alarms.figure")}</span></th><th scope="col" className="right"><span>{t("alarms.value")}</span></th><th scope="col"><span>{t("alarms.target")}</span></th><th scope="col"><span>{t("alarms.met")}</span></th></tr></thead>
            <tbody>{targetsOf(view).map((each) => (
              <tr key={each.name}>
                <td>{t(`alarms.figure.${each.name}` as Key)}</td>
                <td className="right" data-title={t("alarms.value")}><b>{each.share ? share(each.value) : number(each.value, 2)}</b></td>
                <td data-title={t("alarms.target")}>{t(`alarms.target.${each.name}` as Key)}</td>
                <td data-title={t("alarms.met")}>{each.met === undefined ? <span className="quiet">{t("alarms.too_few")}</span> : each.met ? <Tag kind="good">{t("alarms.yes")}</Tag> : <Tag kind="medium">{t("alarms.no")}</Tag>}</td>
              </tr>
            ))}</tbody>
          </table>
        </div>
        <small>{t("alarms.sources")}</small>
      </Card>
      <Worst view={view} />
    </>
  );
}

/** Which alarms come most, which go on and off, which stand for more than a day. */
function Worst({ view }: { view: AlarmReportView }) {
  const plant = usePlant().value;
  const words = (address: string, alarm: string) => `${alarmPlaceWords(plant, { address })} · ${alarmWords(plant, { address, alarm })}`;
  const all = view.raised ?? 0;
  const top = view.top ?? [];
  return (
    <div className="alarms-two">
      <Card title={t("alarms.top")}>
        {top.length ? <Pareto label={t("alarms.top")} percent={(each) => share(each * (top.reduce((sum, [, , n]) => sum + n, 0) / (all || 1)), 0)} bars={top.map(([address, alarm, n]) => ({ id: `${address}!${alarm}`, label: words(address, alarm), value: n, text: number(n, 0) }))} /> : <Empty>{t("alarms.none.report")}</Empty>}
      </Card>
      <Card title={t("alarms.nuisance")}>
        <h3>{t("alarms.chattering")}</h3>
        <ul>{(view.chattering ?? []).map(([address, alarm, n]) => <li key={`${address}${alarm}`}><a href={href("station", alarmPlace({ address }))}>{words(address, alarm)}</a> <b className="num">{number(n, 0)} ×</b></li>)}</ul>
        {view.chattering?.length ? null : <p>{t("alarms.none.chattering")}</p>}
        <h3>{t("alarms.stale")}</h3>
        <ul>{(view.stale ?? []).map(([address, alarm, since]) => <li key={`${address}${alarm}`}><a href={href("station", alarmPlace({ address }))}>{words(address, alarm)}</a> <small className="num">{t("alarms.since", { time: dayAndTime(since) })}</small></li>)}</ul>
        {view.stale?.length ? null : <p>{t("alarms.none.stale")}</p>}
      </Card>
    </div>
  );
}
