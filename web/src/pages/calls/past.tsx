// The calls of a window, and how soon somebody answered, came and was done.
import { useState } from "react";
import { href, nameOf, sinceRaised, useChosenWindow, usePlant, useWatched, useWho, withQuery } from "../../data";
import type { CallJournalView, CallPastView } from "../../contract/views";
import { BigFigure, Busy, Card, Covered, Empty, FaultNote, LongText, Table, Tag, WindowPicker, type Column } from "../../kit";
import { day, number, span, t, time, word } from "../../words";

/** Rows that are asked for; the figures are of all. */
const ROWS = 200;

export function Past({ address }: { address: string }) {
  const plant = usePlant().value;
  const who = useWho();
  const [shown, setShown] = useState<CallJournalView["window"]>();
  const chosen = useChosenWindow(shown);
  const found = useWatched<CallJournalView>(withQuery("/api/calls/journal", { address, ...chosen.query, limit: ROWS }));
  const view = found.value;
  if (view && view.window.name !== shown?.name) setShown(view.window);
  const after = (name: string, then: (row: CallPastView) => number | undefined, by: (row: CallPastView) => string | undefined): Column<CallPastView> => ({
    name, title: t(`calls.${name as "answered"}`), right: true, by: (row) => sinceRaised(row, then(row)),
    show: (row) => <><b className="nowrap">{span(sinceRaised(row, then(row)))}</b>{by(row) ? <><br /><small className="nowrap">{who(by(row))}</small></> : null}</>,
  });
  const columns: Column<CallPastView>[] = [
    { name: "raised", title: t("calls.raised"), show: (row) => <span className="num"><span className="nowrap">{day(row.raised_ms)}</span> {time(row.raised_ms)}</span>, by: (row) => row.raised_ms },
    { name: "what", title: t("calls.what_for"), show: (row) => <><b className="capital">{word("call", row.kind)}</b> {row.level ? <Tag kind="medium">▲ {t("andon.level", { n: row.level })}</Tag> : null}{row.text ? <LongText text={row.text} /> : null}</>, by: (row) => word("call", row.kind), wide: true },
    { name: "place", title: t("nav.station"), show: (row) => <a href={href("station", row.address)}>{nameOf(plant, row.address)}</a>, by: (row) => nameOf(plant, row.address) },
    { name: "by", title: t("calls.by"), show: (row) => <span className="nowrap">{who(row.by) || "–"}</span>, by: (row) => who(row.by) },
    after("answered", (row) => row.answered_ms, (row) => row.answered_by),
    after("there", (row) => row.arrived_ms, (row) => row.arrived_by),
    after("done", (row) => row.ended_ms, (row) => row.ended_by),
    { name: "state", title: t("calls.state"), show: (row) => <span className="nowrap">{word("callstate", row.state)}</span>, by: (row) => word("callstate", row.state) },
  ];
  return (
    <Card title={t("calls.past")} aside={<WindowPicker {...chosen.picker} />}>
      {found.fault ? <FaultNote fault={found.fault} /> : !view ? <Busy /> : (
        <>
          <p className="quiet"><Covered window={view.window} /></p>
          <div className="call-figures">
            <BigFigure label={t("calls.n")} value={number(view.raised ?? 0, 0)} note={t("calls.escalated", { n: view.escalated ?? 0 })} />
            <BigFigure label={t("calls.answered.p50")} value={span(view.answer_s_p50)} note={t("calls.median")} />
            <BigFigure label={t("calls.there.p50")} value={span(view.arrive_s_p50)} note={t("calls.median")} />
            <BigFigure label={t("calls.done.p50")} value={span(view.resolve_s_p50)} note={t("calls.median")} />
          </div>
          <Table<CallPastView> caption={t("calls.past")} rows={view.rows ?? []} id={(row) => row.call} columns={columns} empty={<Empty>{t("calls.none.past")}</Empty>} />
          {view.more ? <small>{t("calls.more", { n: ROWS })}</small> : null}
        </>
      )}
    </Card>
  );
}
