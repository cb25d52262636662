// Every event of the window, the latest first; a row opens it.
import { nameOf, usePlant, useWho } from "../../data";
import type { StopsView, StopView } from "../../contract/views";
import { Card, Empty, StateMark, Table, Tag } from "../../kit";
import { number, span, t, timeToSecond, day, word } from "../../words";
import { causeWords, isOf } from "./weights";

type Row = readonly [string, StopView];

export function StopList(
  { view, filter, chosen, onClear, onOpen }:
  { view: StopsView; filter: string; chosen: string | undefined; onClear: () => void; onOpen: (id: string) => void },
) {
  const plant = usePlant().value;
  const who = useWho();
  const rows: Row[] = Object.entries(view.stops ?? {}).filter(([, stop]) => !filter || isOf(stop, filter));
  const micro = Object.entries(view.micro_stops ?? {});
  const days = day(view.window.from_ms) !== day(view.window.until_ms - 1);
  const when = (t_ms: number) => (days ? `${day(t_ms)} ${timeToSecond(t_ms)}` : timeToSecond(t_ms));
  return (
    <Card title={t("stops.list", { n: rows.length })}
      aside={filter ? <button type="button" onClick={onClear}>{causeWords(plant, filter)} ✕<span className="read-only">{t("stops.show_all")}</span></button> : null}>
      <Table<Row> caption={t("stops.list", { n: rows.length })} rows={rows} id={([id]) => id} onOpen={([id]) => onOpen(id)} chosen={chosen} first={{ name: "from", down: true }}
        empty={<Empty>{t(filter ? "stops.none.filter" : "stops.none")}</Empty>}
        columns={[
          { name: "station", title: t("nav.station"), show: ([, stop]) => <><StateMark state={stop.state} /><span className="stop-place">{nameOf(plant, stop.address)}</span></>, by: ([, stop]) => nameOf(plant, stop.address) },
          { name: "from", title: t("stops.from"), show: ([, stop]) => <span className="num">{when(stop.from_ms)}<wbr /><span className="quiet nowrap">{stop.until_ms === undefined ? ` ${t("stops.open")}` : `–${timeToSecond(stop.until_ms)}`}</span></span>, by: ([, stop]) => stop.from_ms },
          { name: "s", title: t("stops.length"), right: true, show: ([, stop]) => <b className="nowrap">{span(stop.s)}</b>, by: ([, stop]) => stop.s },
          {
            name: "reason", title: t("stops.reason"), wide: true, by: ([, stop]) => (stop.reason ? causeWords(plant, stop.reason) : undefined),
            show: ([, stop]) => (
              <>
                {stop.reason ? <b>{causeWords(plant, stop.reason)}</b> : stop.unexplained ? <Tag kind="medium">{t("stops.no_reason")}</Tag> : <span className="quiet">{word("category", stop.category)}</span>}
                {stop.by || stop.edited ? <><br /><small>{[who(stop.by), stop.edited ? t("stops.edited") : ""].filter(Boolean).join(" · ")}</small></> : null}
                {stop.comment ? <><br /><q>{stop.comment}</q></> : null}
              </>
            ),
          },
        ]} />
      {view.more ? <small>{t("stops.more")}</small> : null}
      {micro.length ? <p className="row"><small>{t("stops.micro")}</small>{micro.map(([station, n]) => <small key={station} className="num">{nameOf(plant, station)} <b>{number(n, 0)}</b></small>)}</p> : null}
    </Card>
  );
}
