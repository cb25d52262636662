// What weighs most: stops by reason, in minutes, in number or in money, as the server sums them.
import { isReason, reasonWords, usePlant, useQuery, useWatched, withQuery } from "../../data";
import type { ParetoView, PlantView, StopView } from "../../contract/views";
import { Busy, Card, Empty, FaultNote, Pareto, Segments } from "../../kit";
import { minutes, money, share, t, word } from "../../words";

/** Stands in the address bar for stops that nobody has explained. */
export const NO_REASON = "none";

type By = "minutes" | "count" | "money";

/** Words for a row: a reason of the plant, a category, or that there is none. */
export function causeWords(plant: PlantView | undefined, code: string): string {
  if (!code || code === NO_REASON) return t("stops.no_reason");
  return isReason(plant, code) ? reasonWords(plant, code) : word("category", code);
}

/** Whether a stop belongs to a row. */
export function isOf(stop: StopView, filter: string): boolean {
  if (filter === NO_REASON) return !stop.reason && stop.category === "no_reason";
  return stop.reason === filter || (!stop.reason && stop.category === filter);
}

export function Weights(
  { address, query, chosen, onChoose }:
  { address: string; query: Record<string, string | number>; chosen: string; onChoose: (code: string) => void },
) {
  const plant = usePlant().value;
  const [named, setBy] = useQuery("by", "minutes");
  const by: By = named === "count" || named === "money" ? named : "minutes";
  const found = useWatched<ParetoView>(withQuery("/api/pareto", { address, ...query, by }));
  const view = found.value;
  const rows = view?.rows ?? [];
  const priced = Boolean(view?.currency) && rows.some((row) => row[3] !== "");
  const choose = (
    <Segments<By> label={t("stops.by")} value={by} onChoose={setBy}
      choices={[["minutes", t("stops.by.minutes")], ["count", t("stops.by.count")], ["money", t("stops.by.money")]]} />
  );
  const bars = rows.map(([code, s, count, cost]) => {
    const said = { minutes: minutes(s), count: t("stops.times", { n: count }), money: money(cost, view?.currency ?? "") };
    const others = (["minutes", "count", "money"] as const).filter((each) => each !== by && (each !== "money" || cost !== ""));
    return {
      id: code || NO_REASON, label: causeWords(plant, code), value: by === "minutes" ? s : by === "count" ? count : Number(cost),
      text: said[by], note: others.map((each) => said[each]).join(" · "), kind: code ? ("loss" as const) : ("unknown" as const),
    };
  });
  return (
    <Card title={t("stops.pareto")} aside={choose} className="weights">
      <small>{t("stops.pareto.hint")}</small>
      {found.fault ? <FaultNote fault={found.fault} /> : !view ? <Busy /> : !rows.length ? <Empty>{t("stops.none")}</Empty>
        : by === "money" && !priced ? <Empty hint={t("stops.no_money.hint")}>{t("stops.no_money")}</Empty>
          : <Pareto label={t("stops.pareto")} bars={bars} chosen={chosen} onOpen={(id) => onChoose(id === chosen ? "" : id)} percent={(of) => `Σ ${share(of, 0)}`} />}
    </Card>
  );
}
