// The waterfall: every second of calendar time is in one bar, and a bar opens its events.
import { useState, type SyntheticEvent } from "react";
import { href, nameOf, reasonWords, usePlant, useStops, useWatched, withQuery } from "../../data";
import type { BarView, LossesView, StopView, StripsView } from "../../contract/views";
import { Busy, Card, Empty, FaultNote, Table, Waterfall, type WaterBar } from "../../kit";
import { day, share, span, t, timeToSecond, word } from "../../words";

const KINDS: Readonly<Record<string, WaterBar["kind"]>> = {
  unscheduled: "planned", planned: "planned", unplanned: "unplanned", micro_stop: "unplanned", blocked: "waiting", starved: "waiting", set_up: "loss", unknown: "unknown",
};

const kindOf = (bar: BarView): WaterBar["kind"] => (bar.code === "fully_productive" ? "good" : (KINDS[bar.group ?? ""] ?? "loss"));

/** A share as the server prints it, in the reader's digits. */
export const printed = (percent: string): string => share(Number(percent) / 100, 1);

export function Fall(
  { address, group, view, query, window }:
  { address: string; group: string; view: LossesView; query: Record<string, string | number>; window: string },
) {
  const [picked, setPicked] = useState<string | null>();
  const [hinted, setHinted] = useState<string>();
  const plant = usePlant().value;
  const [zeros, setZeros] = useState(false);
  const [help, setHelp] = useState(false);
  const all = view.bars ?? [];
  const shown = all.filter((bar) => zeros || bar.s !== 0 || bar.code === "fully_productive");
  const bars: WaterBar[] = [
    { id: "calendar", label: word("category", "calendar"), value: view.calendar_s, left: view.calendar_s, percent: share(1, 1), text: span(view.calendar_s), kind: "total", title: word("def", "calendar") },
    ...shown.map((bar) => ({
      id: bar.code, label: word("category", bar.code), value: bar.s, left: bar.left_s, percent: printed(bar.percent),
      text: bar.s < 0 ? `−${span(-bar.s)}` : span(bar.s), kind: kindOf(bar), title: word("def", bar.code),
    })),
  ];
  const pointed = (event: SyntheticEvent) => {
    const row = (event.target as Element).closest("li");
    const at = row?.parentElement ? [...row.parentElement.children].indexOf(row) : -1;
    setHinted(bars[at]?.id);
  };
  const chosen = picked === undefined ? worstOf(all)?.code : (picked ?? undefined);
  const setChosen = (code: string | undefined) => { setHelp(false); setPicked(code ?? null); };
  const bar = help ? undefined : all.find((each) => each.code === chosen);
  return (
    <div className="losses-two">
      <Card title={t("losses.fall")} aside={<><small>{(view.of ?? []).map((each) => nameOf(plant, each)).join(", ")}</small> <button type="button" aria-expanded={help} onClick={() => setHelp(!help)}>{t("losses.help")}</button></>}>
        <div onFocus={pointed} onPointerOver={pointed} onPointerLeave={() => setHinted(undefined)}>
          <Waterfall bars={bars} whole={view.calendar_s} chosen={chosen} onOpen={(id) => setChosen(id === chosen || id === "calendar" ? undefined : id)} label={t("losses.fall")} />
        </div>
        <p className="definition" aria-live="polite">{hinted ? <><b>{word("category", hinted)}</b>: {word("def", hinted)}</> : <small>{t("losses.sum")}</small>}</p>
        <KindsOf bars={shown} />
        {all.length > shown.length || zeros ? <button type="button" onClick={() => setZeros(!zeros)}>{zeros ? t("losses.zeros.hide") : t("losses.zeros", { n: all.length - shown.length })}</button> : null}
      </Card>
      {bar ? <Behind key={bar.code} bar={bar} of={view.of ?? []} address={address} group={group} query={query} window={window} onClose={() => setChosen(undefined)} />
        : help ? <Help bars={all} onClose={() => setHelp(false)} />
          : <Card title={t("losses.events")}><Empty>{t("losses.pick")}</Empty></Card>}
    </div>
  );
}

/** The loss that is worth a look first: the largest that nobody planned. */
export function worstOf(bars: readonly BarView[]): BarView | undefined {
  const losses = bars.filter((bar) => bar.s > 0 && bar.code !== "fully_productive" && !["unscheduled", "planned"].includes(bar.group ?? ""));
  return losses.reduce<BarView | undefined>((most, bar) => (bar.s > (most?.s ?? 0) ? bar : most), undefined);
}

/** What the colours of the bars say, for those that are there. */
function KindsOf({ bars }: { bars: readonly BarView[] }) {
  const kinds = [...new Set(bars.filter((bar) => bar.s !== 0).map(kindOf))];
  return <div className="legend kinds">{kinds.map((kind) => <span key={kind}><i className={kind} />{word("bar_kind", kind)}</span>)}</div>;
}

function Help({ bars, onClose }: { bars: readonly BarView[]; onClose: () => void }) {
  return (
    <Card title={t("losses.help")} aside={<button type="button" className="plain" onClick={onClose} aria-label={t("close")}>✕</button>}>
      <p>{t("losses.help.text")}</p>
      <dl className="definitions">
        {["calendar", ...bars.map((bar) => bar.code)].map((code) => <div key={code}><dt>{word("category", code)}</dt><dd>{word("def", code)}</dd></div>)}
      </dl>
    </Card>
  );
}

interface Row { id: string; address: string; from_ms: number; until_ms?: number; s: number; reason?: string; comment?: string }

/** Events of a bar: its stops as people see them, else the stretches of that category. */
export function eventsOf(bar: BarView, stops: Readonly<Record<string, StopView>>, lanes: StripsView["lanes"] = {}, of: readonly string[] = []): Row[] {
  const ids = bar.stops ?? [];
  const known = ids.flatMap((id) => (stops[id] ? [{ id, ...stops[id] }] : []));
  if (known.length === ids.length && known.length) return known;
  return of.flatMap((address) => (lanes[address] ?? [])
    .filter((each) => each[3] === bar.code)
    .map(([from_ms, until_ms]) => ({ id: `${address}~${from_ms}`, address, from_ms, until_ms, s: (until_ms - from_ms) / 1000 })));
}

function Behind(
  { bar, of, address, group, query, window, onClose }:
  { bar: BarView; of: readonly string[]; address: string; group: string; query: Record<string, string | number>; window: string; onClose: () => void },
) {
  const plant = usePlant().value;
  const timed = bar.group !== "output" && bar.s !== 0;
  const stops = useStops(timed ? withQuery("/api/stops", { address, ...query }) : undefined);
  const strips = useWatched<StripsView>(timed ? withQuery("/api/strips", { address, ...query }) : undefined);
  const rows = eventsOf(bar, stops.value?.stops ?? {}, strips.value?.lanes, of);
  const days = new Set(rows.map((row) => day(row.from_ms))).size > 1;
  const fault = stops.fault ?? strips.fault;
  return (
    <Card title={`${word("category", bar.code)} · ${printed(bar.percent)}`} aside={<button type="button" className="plain" onClick={onClose} aria-label={t("close")}>✕</button>}>
      <p>{word("def", bar.code)}</p>
      {!timed ? <Empty>{t(bar.group === "output" ? "losses.no_events.output" : "losses.no_events")}</Empty>
        : fault ? <FaultNote fault={fault} /> : !stops.value || !strips.value ? <Busy /> : (
          <div className="behind">
            <Table<Row> caption={t("losses.events")} rows={rows} id={(row) => row.id} first={{ name: "s", down: true }} empty={<Empty>{t("losses.no_events")}</Empty>} columns={[
              { name: "station", title: t("nav.station"), show: (row) => nameOf(plant, row.address), by: (row) => nameOf(plant, row.address) },
              { name: "from", title: t("stops.from"), show: (row) => <span className="num">{days ? `${day(row.from_ms)} ` : ""}{timeToSecond(row.from_ms)}</span>, by: (row) => row.from_ms },
              { name: "s", title: t("stops.length"), right: true, show: (row) => <b className="nowrap">{span(row.s)}</b>, by: (row) => row.s },
              { name: "reason", title: t("stops.reason"), show: (row) => <>{row.reason ? reasonWords(plant, row.reason) : ""}{row.comment ? <><br /><q>{row.comment}</q></> : null}</>, by: (row) => row.reason },
            ]} />
          </div>
        )}
      <p><a className="button" href={href("stops", group, { window: window === "shift" ? undefined : window, reason: bar.group === "output" ? undefined : bar.code === "no_reason" ? "none" : undefined })}>{t("losses.to_stops")}</a></p>
    </Card>
  );
}
