// The board on the wall: read from ten metres, told by fixed colour and word, without a touch.
import type { CSSProperties } from "react";
import { href, nameOf, placeAt, plantTime, reasonWords, serverNow, useFreshness, usePlant, useSites, useTick, useWatched, withQuery } from "../../data";
import type { CallsView, CallView, LineView, StationNowView } from "../../contract/views";
import { StateSign, stateCode } from "../../kit";
import { label, number, signed, spoken, stopwatch, t, time, word } from "../../words";
import { columnsFor } from "./tiles";
import "./andon.css";

/** Calls that fit beside the stations; the rest is counted. */
const CALLS_MAX = 5;

export default function Andon({ address }: { address: string }) {
  const plant = usePlant().value;
  const line = useWatched<LineView>(withQuery("/api/line", { address })).value;
  const calls = useWatched<CallsView>(withQuery("/api/calls", { address })).value?.calls ?? {};
  const clock = useSites().value?.clock;
  const freshness = useFreshness();
  useTick(500);
  const now = plantTime(clock, serverNow());
  const group = placeAt(plant, address).view;
  const names = group?.flow?.length ? group.flow : Object.keys(group?.stations ?? {});
  const open = Object.entries(calls).sort(([, one], [, other]) => one.raised_ms - other.raised_ms);
  const columns = columnsFor(names.length, open.length > 0);
  return (
    <main className={`andon${freshness === "fresh" ? "" : " old"}${open.length ? " called" : ""}`} id="main" style={{ "--columns": columns, "--rows": Math.ceil(names.length / columns) || 1 } as CSSProperties}>
      <header>
        <h1><a href={href("line", address)} title={t("andon.leave")}>{nameOf(plant, address)}</a></h1>
        <Result line={line} />
        <b className="now">{now === undefined ? "--:--" : time(now)}</b>
      </header>
      {freshness === "lost" ? <p className="gone" role="alert">{t("freshness.lost")}</p> : null}
      <ul className="tiles">
        {names.map((name) => (
          <Tile key={name} name={label(group?.stations?.[name]?.label, name)} is={line?.stations?.[name]} now={now}
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
      <div className={gap !== undefined && gap < 0 ? "behind" : ""}><dt>{t("andon.gap")}</dt><dd>{gap !== undefined && gap < 0 ? "▼ " : gap ? "▲ " : ""}{signed(gap)}</dd></div>
    </dl>
  );
}

/** How wide a text is in letters; Chinese signs count twice. */
const lettersOf = (text: string): number => text.length * (spoken() === "zh" ? 1.8 : 1);

function Tile({ name, is, now, reason, limits }: { name: string; is: StationNowView | undefined; now: number | undefined; reason: string; limits: boolean }) {
  const state = stateCode(is?.state);
  const said = word("state", state);
  const lasts = is?.since_ms === undefined || now === undefined ? "" : stopwatch((now - is.since_ms) / 1000);
  return (
    <li className={`tile ${state}`} style={{ "--letters": lettersOf(said) + 2, "--name": lettersOf(name) } as CSSProperties}>
      <div className="name">{name}</div>
      <div className="word"><StateSign state={state} size="1.05em" />{said}</div>
      <div className="lasts">{lasts}<small> {[limits ? t("line.bottleneck") : "", reason].filter(Boolean).join(" · ")}</small></div>
    </li>
  );
}

function Call({ call, place, now }: { call: CallView; place: string; now: number | undefined }) {
  const lasts = now === undefined ? 0 : (now - call.raised_ms) / 1000;
  const left = call.escalates_ms === undefined || now === undefined ? undefined : (call.escalates_ms - now) / 1000;
  const late = call.state === "escalated" || (call.level ?? 0) > 0;
  return (
    <div className={`call${late ? " late" : ""}`}>
      <b>{late ? "▲ " : ""}{word("call", call.kind)}</b>
      <span>{place}</span>
      <span className="lasts">{stopwatch(lasts)}</span>
      <small>{word("callstate", call.state)}{call.level ? ` · ${t("andon.level", { n: call.level })}` : ""}{left !== undefined && left > 0 ? ` · ${t("andon.escalates", { clock: stopwatch(left) })}` : ""}</small>
    </div>
  );
}
