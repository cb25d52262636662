// One hour: what happened in it, the reason of each stop in one more tap, and a comment.
import { useState } from "react";
import {
  act, asFault, giveReason, nameOf, placeAt, reasonWords, recentReasons, undoStop, useMay, usePlant, useStops, useWho, withQuery,
} from "../../data";
import type { HourView, StopView } from "../../contract/views";
import { Busy, Dialog, Empty, FaultNote, QuickReasons, ReasonPicker, sayFault, StateMark, Tag, toast, useGiving } from "../../kit";
import { minutes, number, share, signed, span, t, time, word } from "../../words";

export function OneHour(
  { address, limit, hour, onClose }:
  { address: string; limit: string | undefined; hour: HourView; onClose: () => void },
) {
  const plant = usePlant().value;
  const may = useMay("reason");
  const who = useWho();
  const stops = useStops(withQuery("/api/stops", { address, from_ms: hour.from_ms, until_ms: hour.until_ms }));
  const [asked, setAsked] = useState<string>();
  const giving = useGiving({ give: giveReason, undo: undoStop, words: (code) => reasonWords(plant, code), who });
  const all = Object.entries(stops.value?.stops ?? {}).sort((one, other) => other[1].s - one[1].s);
  const mine = all.filter(([, stop]) => !limit || stop.address === limit);
  const others = all.filter(([, stop]) => limit && stop.address !== limit);
  const lost = Object.entries(hour.lost_s ?? {}).sort((one, other) => other[1] - one[1]);
  const one = asked === undefined ? undefined : stops.value?.stops?.[asked];
  const rows = (list: typeof all) => list.map(([id, stop]) => (
    <Event key={id} stop={stop} may={may} recent={recentReasons(stops.value, stop.address)}
      onPick={(code) => giving.give(id, { code, comment: stop.comment })} onUndo={() => giving.undo(id)} onMore={() => setAsked(id)} />
  ));
  if (one && asked) {
    const tree = plant?.reasons?.[placeAt(plant, one.address).stationView?.reasons ?? ""] ?? [];
    return (
      <ReasonPicker tree={tree} suggested={one.suggested} recent={recentReasons(stops.value, one.address)} comment={one.comment}
        title={`${nameOf(plant, one.address)} · ${time(one.from_ms)} · ${span(one.s)}`} onClose={() => setAsked(undefined)}
        onPick={(code, comment) => { setAsked(undefined); giving.give(asked, { code, comment }); }} />
    );
  }
  return (
    <Dialog title={`${time(hour.from_ms)}–${time(hour.until_ms)}`} onClose={onClose}>
      <p className="num row">
        <span>{t("hours.one", { good: number(hour.good, 0), target: number(hour.target, 1) })}</span>
        <span>{t("hours.one.gap", { gap: signed(hour.gap, 0) })}</span>
        {hour.red ? <Tag kind="high">{t("hours.red")}</Tag> : null}
      </p>
      {lost.length ? <p className="row">{lost.map(([category, s]) => <small key={category} className="num">{word("category", category)} {minutes(s)}</small>)}</p> : null}
      <section className="hour-events">
        <h3>{limit ? t("hours.events", { station: nameOf(plant, limit) }) : t("hours.events.all")}</h3>
        {stops.fault ? <FaultNote fault={stops.fault} /> : !stops.value ? <Busy /> : mine.length ? rows(mine)
          : <Empty hint={hour.red ? t("hours.no_stop.hint") : undefined}>{t("hours.no_stop")}</Empty>}
        {others.length ? <><h3>{t("hours.events.others")}</h3>{rows(others)}</> : null}
        {may ? null : <small>{t("reason.may_not")}</small>}
      </section>
      {may ? <Comment address={address} hour={hour} onDone={onClose} /> : hour.comment ? <q>{hour.comment}</q> : null}
      {giving.dialog}
    </Dialog>
  );
}

function Event(
  { stop, may, recent, onPick, onUndo, onMore }:
  { stop: StopView; may: boolean; recent: readonly string[]; onPick: (code: string) => void; onUndo: () => void; onMore: () => void },
) {
  const plant = usePlant().value;
  const who = useWho();
  const words = (code: string) => reasonWords(plant, code);
  return (
    <div className="hour-event">
      <div className="row">
        <StateMark state={stop.state} /><span>{nameOf(plant, stop.address)}</span>
        <span className="num">{time(stop.from_ms)}{stop.until_ms === undefined ? ` · ${t("stops.open")}` : `–${time(stop.until_ms)}`} · <b>{span(stop.s)}</b></span>
      </div>
      {stop.reason ? (
        <div className="row">
          <b>{words(stop.reason)}</b>{stop.by ? <small>{who(stop.by)}</small> : null}{stop.comment ? <q>{stop.comment}</q> : null}
          {may ? <span className="push row">{stop.can_undo ? <button type="button" onClick={onUndo}>{t("undo")}</button> : null}<button type="button" onClick={onMore}>{t("stops.change")}</button></span> : null}
        </div>
      ) : may ? (
        <QuickReasons suggested={stop.suggested} chance={stop.suggested_p === undefined ? undefined : share(stop.suggested_p, 0)} recent={recent} words={words} onPick={onPick} onMore={onMore} />
      ) : <small>{t("stops.no_reason")}</small>}
    </div>
  );
}

function Comment({ address, hour, onDone }: { address: string; hour: HourView; onDone: () => void }) {
  const [said, setSaid] = useState(hour.comment ?? "");
  const put = (text: string) => act("PUT", withQuery("/api/hours/comment", { address, hour_ms: hour.from_ms }), { text });
  const bad = (error: unknown) => sayFault(asFault(error));
  const save = () => {
    const before = hour.comment ?? "";
    put(said.trim()).then(() => toast(t("hours.commented"), { undo: () => void put(before).then(() => toast(t("stops.undone")), bad) }), bad);
    onDone();
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); save(); }}>
      <label className="field"><span>{t("hours.comment")}</span><textarea rows={2} maxLength={8000} value={said} onChange={(event) => setSaid(event.target.value)} /></label>
      <footer><button type="submit" className="main" disabled={said.trim() === (hour.comment ?? "")}>{t("save")}</button></footer>
    </form>
  );
}
