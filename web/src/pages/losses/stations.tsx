// Indicators of each station; any column sorts, a row opens the waterfall of that station.
import { nameOf, usePlant } from "../../data";
import { Empty, Table, type Column } from "../../kit";
import { t, word } from "../../words";
import { kpiWords } from "./indicators";

type Kpis = Readonly<Record<string, number>>;
type Row = readonly [string, Kpis];

const SHOWN = ["oee", "availability", "effectiveness", "quality_ratio", "allocation_efficiency", "mtbf_h", "mttr_h", "data_coverage"] as const;

export function Stations({ stations, chosen, onOpen }: { stations: Readonly<Record<string, Kpis>>; chosen?: string; onOpen: (address: string) => void }) {
  const plant = usePlant().value;
  const columns: Column<Row>[] = [
    { name: "station", title: t("nav.station"), show: ([address]) => <b>{nameOf(plant, address)}</b>, by: ([address]) => nameOf(plant, address) },
    ...SHOWN.map((name): Column<Row> => ({
      name, right: true, say: word("kpi", name), title: <abbr title={word("formula", name)}>{word("kpi", name)}</abbr>,
      show: ([, kpis]) => <span className="nowrap">{kpiWords(name, kpis[name])}</span>, by: ([, kpis]) => kpis[name],
    })),
  ];
  return <Table<Row> caption={t("losses.stations")} rows={Object.entries(stations)} id={([address]) => address} columns={columns} chosen={chosen}
    onOpen={([address]) => onOpen(address)} empty={<Empty>{t("losses.stations.none")}</Empty>} />;
}
