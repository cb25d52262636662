// What the machine says of itself before anybody writes to it, in words.
import { permits, PERMITS, permitWords } from "../../data";
import type { StationPageView, StationView } from "../../contract/views";
import { Card, Doubts, Tag } from "../../kit";
import { t } from "../../words";

export function Permits({ view, station }: { view: StationPageView; station: StationView }) {
  const there = PERMITS.flatMap((name) => {
    const tag = Object.entries(station.tags ?? {}).find(([, each]) => each.role === `permit.${name}`)?.[0];
    return tag ? [[name, view.values?.[tag]] as const] : [];
  });
  if (!there.length) return null;
  const locked = there.find(([name]) => name === "locked_out")?.[1]?.value;
  return (
    <Card title={t("station.permits")}>
      {locked ? <p><Tag kind="critical">{t("station.locked")}</Tag></p> : null}
      <ul className="station-permits">
        {there.map(([name, value]) => {
          const fits = permits(name, value?.value);
          return <li key={name}><Tag kind={fits === undefined ? "low" : fits ? "calm" : "medium"}>{fits ? "✓ " : ""}{permitWords(name, value?.value)}</Tag><Doubts doubts={value?.doubts} /></li>;
        })}
      </ul>
      <small>{t(there.every(([name, value]) => permits(name, value?.value)) ? "station.permits.all" : "station.permits.some")}</small>
    </Card>
  );
}
