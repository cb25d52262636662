// What waits for a reason, the longest first: one tap on a likely reason, or the whole tree.
import { useState } from "react";
import { nameOf, placeAt, reasonWords, recentReasons, usePlant } from "../../data";
import type { StopsView } from "../../contract/views";
import { Card, Empty, QuickReasons, ReasonPicker, StateMark, type useGiving } from "../../kit";
import { share, span, t, time } from "../../words";

/** Cards shown before the rest is asked for. */
const FIRST = 4;

export function Queue(
  { view, may, giving, onOpen }:
  { view: StopsView; may: boolean; giving: ReturnType<typeof useGiving>; onOpen: (id: string) => void },
) {
  const plant = usePlant().value;
  const [all, setAll] = useState(false);
  const [asked, setAsked] = useState<string>();
  const ids = (view.waiting ?? []).filter((id) => view.stops?.[id]);
  const one = asked === undefined ? undefined : view.stops?.[asked];
  const words = (code: string) => reasonWords(plant, code);
  if (!ids.length) return <Card title={t("stops.queue")}><Empty>{t("stops.queue.none")}</Empty></Card>;
  return (
    <Card title={t("stops.queue.n", { n: ids.length })} aside={may ? null : <small>{t("reason.may_not")}</small>}>
      <ul className="queue">
        {(all ? ids : ids.slice(0, FIRST)).map((id) => {
          const stop = view.stops?.[id];
          if (!stop) return null;
          const recent = recentReasons(view, stop.address);
          return (
            <li key={id}>
              <button type="button" className="plain what" onClick={() => onOpen(id)}>
                <span className="row"><StateMark state={stop.state} /><b>{nameOf(plant, stop.address)}</b></span>
                <span className="num">{time(stop.from_ms)}{stop.until_ms === undefined ? ` · ${t("stops.open")}` : `–${time(stop.until_ms)}`} · <b>{span(stop.s)}</b></span>
              </button>
              {may ? (
                <QuickReasons suggested={stop.suggested} chance={stop.suggested_p === undefined ? undefined : share(stop.suggested_p, 0)} recent={recent}
                  words={words} onPick={(code) => giving.give(id, { code })} onMore={() => setAsked(id)} />
              ) : null}
            </li>
          );
        })}
      </ul>
      {ids.length > FIRST ? <button type="button" className="plain" onClick={() => setAll(!all)}>{all ? t("stops.queue.fewer") : t("stops.queue.more", { n: ids.length - FIRST })}</button> : null}
      {one && asked !== undefined ? (
        <ReasonPicker tree={plant?.reasons?.[placeAt(plant, one.address).stationView?.reasons ?? ""] ?? []} suggested={one.suggested} recent={recentReasons(view, one.address)}
          title={`${nameOf(plant, one.address)} · ${time(one.from_ms)} · ${span(one.s)}`} onClose={() => setAsked(undefined)}
          onPick={(code, comment) => { setAsked(undefined); giving.give(asked, { code, comment }); }} />
      ) : null}
    </Card>
  );
}
