// Indicators of ISO 22400 as the server computes them, each with its formula on demand.
import { useState } from "react";
import { BigFigure, Card, ValueInRange } from "../../kit";
import { NONE, number, share, span, t, word } from "../../words";

/** The four that stand first; the others on demand. */
const FIRST = ["oee", "availability", "effectiveness", "quality_ratio"] as const;
const REST = [
  "teep", "nee", "data_coverage", "allocation_efficiency", "utilisation_efficiency", "technical_efficiency", "set_up_ratio",
  "throughput_rate_per_h", "scrap_ratio", "rework_ratio", "first_pass_yield", "mtbf_h", "mttr_h", "energy_per_part_kwh", "energy_per_good_part_kwh",
] as const;

/** An indicator in its own unit; undefined is no number. */
export function kpiWords(name: string, value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NONE;
  if (name === "mtbf_h" || name === "mttr_h") return span(value * 3600);
  if (name.endsWith("_kwh")) return `${number(value, 3)} kWh`;
  if (name.endsWith("_per_h")) return t("hours.per_h", { n: number(value, 1) });
  return share(value, 1);
}

export function Indicators({ kpis, target }: { kpis: Readonly<Record<string, number>>; target: number | undefined }) {
  return (
    <div className="kpis">
      {FIRST.map((name) => (
        <Card key={name}>
          <BigFigure label={word("kpi", name)} value={kpiWords(name, kpis[name])} />
          <ValueInRange label="" text="" value={kpis[name]} range={[0, 1]} target={name === "oee" ? target : undefined}
            targetText={name === "oee" && target !== undefined ? t("line.target_oee", { share: share(target, 0) }) : undefined} />
          <Formula name={name} known={kpis[name] !== undefined} />
        </Card>
      ))}
    </div>
  );
}

/** The others, folded away until they are asked for. */
export function MoreIndicators({ kpis }: { kpis: Readonly<Record<string, number>> }) {
  const [all, setAll] = useState(false);
  const rest = REST.filter((name) => kpis[name] !== undefined);
  if (!rest.length) return null;
  return (
    <Card title={t("losses.more")} aside={<button type="button" aria-expanded={all} onClick={() => setAll(!all)}>{t(all ? "losses.more.hide" : "losses.more.show", { n: rest.length })}</button>}>
      {all ? <div className="kpis small">{rest.map((name) => (
        <div key={name}><BigFigure label={word("kpi", name)} value={kpiWords(name, kpis[name])} /><Formula name={name} known /></div>
      ))}</div> : null}
    </Card>
  );
}

function Formula({ name, known }: { name: string; known: boolean }) {
  return (
    <details className="formula no-print">
      <summary>{t("losses.formula")}</summary>
      <p>{word("formula", name)}</p>
      {known ? null : <p>{t("losses.undefined")}</p>}
    </details>
  );
}
