// One stop: its reason, who gave it and when, and what can be done: change, split, join, take back.
import { useState } from "react";
import { nameOf, placeAt, reasonWords, recentReasons, useMay, usePlant, useWho } from "../../data";
import type { StopsView, StopView } from "../../contract/views";
import { Dialog, QuickReasons, ReasonPicker, StateMark, Tag, type useGiving } from "../../kit";
import { day, dayAndTime, share, span, t, timeToSecond, word } from "../../words";
import { Merge, Split } from "./cutting";

type Doing = "" | "reason" | "split" | "merge";

export function OneStop(
  { id, stop, view, giving, onClose }:
  { id: string; stop: StopView; view: StopsView; giving: ReturnType<typeof useGiving>; onClose: () => void },
) {
  const plant = usePlant().value;
  const who = useWho();
  const may = useMay("reason");
  const mayCorrect = useMay("correct_event");
  const [doing, setDoing] = useState<Doing>("");
  const tree = plant?.reasons?.[placeAt(plant, stop.address).stationView?.reasons ?? ""] ?? [];
  const recent = recentReasons(view, stop.address);
  const words = (code: string) => reasonWords(plant, code);
  const title = `${nameOf(plant, stop.address)} · ${day(stop.from_ms)}`;
  const until = stop.until_ms === undefined ? t("stops.open") : timeToSecond(stop.until_ms);
  if (doing === "reason") {
    return <ReasonPicker tree={tree} suggested={stop.suggested} recent={recent} comment={stop.comment} title={title} onClose={() => setDoing("")}
      onPick={(code, comment) => { setDoing(""); giving.give(id, { code, comment }); onClose(); }} />;
  }
  if (doing === "split") return <Split id={id} stop={stop} tree={tree} title={title} onClose={() => setDoing("")} onDone={onClose} onUndo={giving.undo} />;
  if (doing === "merge") return <Merge id={id} stop={stop} view={view} tree={tree} title={title} onClose={() => setDoing("")} onDone={onClose} />;
  const given_ms = (stop as { by_ms?: number }).by_ms;
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="row"><StateMark state={stop.state} /><span className="num">{timeToSecond(stop.from_ms)}–{until} · <b>{span(stop.s)}</b></span>
        <Tag>{word("category", stop.category)}</Tag>{stop.micro ? <Tag>{t("stops.micro.one")}</Tag> : null}{stop.edited ? <Tag>{t("stops.edited")}</Tag> : null}</div>
      <dl className="facts-list">
        <dt>{t("stops.reason")}</dt>
        <dd>{stop.reason ? <b>{words(stop.reason)}</b> : stop.unexplained ? <Tag kind="medium">{t("stops.no_reason")}</Tag> : t("stops.needs_none")}</dd>
        {stop.by ? <><dt>{t("stops.by_whom")}</dt><dd>{who(stop.by)}{given_ms ? ` · ${dayAndTime(given_ms)}` : ""}</dd></> : null}
        {stop.comment ? <><dt>{t("reason.comment")}</dt><dd><q>{stop.comment}</q></dd></> : null}
        {stop.part_of ? <><dt>{t("stops.part_of")}</dt><dd>{partOf(view, stop.part_of)}</dd></> : null}
      </dl>
      {may ? (
        <QuickReasons suggested={stop.suggested} chance={stop.suggested_p === undefined ? undefined : share(stop.suggested_p, 0)} recent={recent.filter((code) => code !== stop.reason)}
          words={words} onPick={(code) => { giving.give(id, { code, comment: stop.comment }); onClose(); }} onMore={() => setDoing("reason")} />
      ) : <small>{t("reason.may_not")}</small>}
      {may && stop.can_undo || mayCorrect ? (
        <footer className="acts">
          {may && stop.can_undo ? <button type="button" onClick={() => { giving.undo(id); onClose(); }}>{t("stops.undo")}</button> : null}
          {mayCorrect ? <button type="button" onClick={() => setDoing("split")}>{t("stops.split")}</button> : null}
          {mayCorrect ? <button type="button" onClick={() => setDoing("merge")}>{t("stops.merge")}</button> : null}
        </footer>
      ) : null}
      {mayCorrect ? null : <small>{t("stops.may_not")}</small>}
      {giving.dialog}
    </Dialog>
  );
}

function partOf(view: StopsView, id: string): string {
  const whole = view.stops?.[id];
  return whole ? `${timeToSecond(whole.from_ms)} · ${span(whole.s)}` : t("stops.part_of.other");
}
