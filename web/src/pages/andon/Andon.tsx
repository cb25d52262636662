// The board on the wall: read from ten metres, told by fixed colour and word, without a touch.
import type { CSSProperties } from "react";
import { callWaits, href, inCallOrder, nameOf, placeAt, plantTime, reasonWords, serverNow, useFreshness, useFreshnessOfNow, usePlant, useSites, useTick, useUnheard, useWatched, withQuery } from "../../data";
import type { CallsView, CallView, LineView, StationNowView } from "../../contract/views";
import { StateSign, stateCode } from "../../kit";
import { label, number, spoken, stopwatch, t, time, word } from "../../words";
import { columnsFor } from "./tiles";
import "./andon.css";

/** Calls that fit beside the stations; the rest is counted. */
const CALLS_MAX = 5;

export default function Andon({ address }: { address: string }) {
  const plant = usePlant().value;
  const line = useWatched<LineView>(withQuery("/api/line", { address })).value;
  const calls = useWatched<CallsView>(withQuery("/api/calls", { address })).value;
  const clock = useSites().value?.clock;
  const [server, freshness] = [useFreshness(), useFreshnessOfNow()];
  useTick(500);
  const now = plantTime(clock, serverNow());
  const group = placeAt(plant, address).view;
  const names = group?.flow?.length ? group.flow : Object.keys(group?.stations ?? {});
  const open = inCallOrder(calls);
  const columns = columnsFor(names.length, open.length > 0);
  return (
    <main className={`andon${freshness === "fresh" ? "" : " old"}${open.length ? " called" : ""}`} id="main" style={{ "--columns": columns, "--rows": Math.ceil(names.length / columns) || 1 } as CSSProperties}>
      <header>
        <h1><a href={href("line", address)} title={t("andon.leave")}>{nameOf(plant, address)}</a></h1>
        <Result line={line} />
        <b className="now">{now === undefined ? "--:--" : time(now)}</b>
      </header>
      {freshness === "lost" ? <p className="gone" role="alert">{server === "lost" ? t("freshness.lost") : word("doubt", "stale")}</p> : null}
      <ul className="tiles">
        {names.map((name) => (
          <Tile key={name} name={label(group?.stations?.[name]?.label, name)} connected={group?.stations?.[name]?.connected ?? false} is={line?.stations?.[name]} now={now}
            reason={line?.stations?.[name]?.reason ? reasonWords(plant, line.stations[name]?.reason ?? "") : ""} limits={line?.bottleneck === name} />
        ))}
      </ul>
      <section aria-label={t("andon.calls")} className="board-calls">
        {open.length ? open.slice(0, CALLS_MAX).map(([id, call]) => <Call key={id} call={call} place={nameOf(plant, call.address)} now={now} />) : <p>{t("andon.no_calls")}</p>}
        {open.length > CALLS_MAX ? <p>+{open.length - CALLS_MAX}</p> : null}
      </section>
    </main>
  );
}

function Result({ line }: { line: LineView | undefined }) {
  const gap = line?.good === undefined || line.target === undefined ? undefined : Math.round(line.good - line.target);
  return (
    <dl>
      <div><dt>{t("andon.good")}</dt><dd>{number(line?.good, 0)}</dd></div>
      <div><dt>{t("andon.target")}</dt><dd>{line?.target === undefined ? number(undefined) : number(Math.round(line.target), 0)}</dd></div>
      <div className={gap !== undefined && gap < 0 ? "behind" : ""}><dt>{t(gap !== undefined && gap < 0 ? "andon.behind" : gap ? "andon.ahead" : "andon.gap")}</dt><dd>{gap !== undefined && gap < 0 ? "▼ " : gap ? "▲ " : ""}{gap === undefined ? number(gap) : number(Math.abs(gap), 0)}</dd></div>
    </dl>
  );
}

/** How wide a text is in letters; Chinese signs count twice. */
const lettersOf = (text: string): number => text.length * (spoken() === "zh" ? 1.8 : 1);

function Tile({ name, connected, is, now, reason, limits }: { name: string; connected: boolean; is: StationNowView | undefined; now: number | undefined; reason: string; limits: boolean }) {
  const state = stateCode(is?.state);
  const said = word("state", state);
  const lasts = is?.since_ms === undefined || now === undefined ? "" : stopwatch((now - is.since_ms) / 1000);
  const unheard = useUnheard(is, connected);
  return (
    <li className={`tile ${state}${unheard ? " greyed" : ""}`} style={{ "--letters": lettersOf(said) + 2, "--name": lettersOf(name) + (limits ? 2.5 : 0) } as CSSProperties}>
      <div className="name">{limits ? <span title={t("line.bottleneck")} aria-label={t("line.bottleneck")} role="img">◆ </span> : null}{name}</div>
      <div className="word"><StateSign state={state} size="1.05em" />{said}</div>
      <div className="lasts">{lasts}<small> {unheard ? word("doubt", "stale") : reason}</small></div>
    </li>
  );
}

function Call({ call, place, now }: { call: CallView; place: string; now: number | undefined }) {
  const lasts = now === undefined ? 0 : (now - call.raised_ms) / 1000;
  const left = call.escalates_ms === undefined || now === undefined ? undefined : (call.escalates_ms - now) / 1000;
  const late = callWaits(call) && (call.level ?? 0) > 0;
  return (
    <div className={`call${late ? " late" : ""}`}>
      <b>{late ? "▲ " : ""}{word("call", call.kind)}</b>
      <span className="place">{place}</span>
      <span className="lasts">{stopwatch(lasts)}</span>
      <small>{[call.state === "escalated" ? "" : word("callstate", call.state), call.level ? t("andon.level", { n: call.level }) : "", call.to && callWaits(call) ? word("role_of", call.to) : ""].filter(Boolean).join(" · ")}{left !== undefined && left > 0 ? <span className="nowrap"> → {stopwatch(left)}</span> : ""}</small>
    </div>
  );
}
