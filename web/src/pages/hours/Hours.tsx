// Hour by hour: ahead or behind, which hour was lost, why, and where the shift will end.
import { useState } from "react";
import { isReason, nameOf, placeAt, reasonWords, useChosenWindow, usePlant, useWatched, withQuery } from "../../data";
import type { HoursView } from "../../contract/views";
import { Busy, Card, Covered, Empty, FaultNote, Page, WindowPicker } from "../../kit";
import { t } from "../../words";
import { Ending } from "./ending";
import { OneHour } from "./one";
import { HourTable } from "./table";
import "./hours.css";

export default function Hours({ address }: { address: string }) {
  const plant = usePlant().value;
  const [shown, setShown] = useState<HoursView["window"]>();
  const chosen = useChosenWindow(shown);
  const found = useWatched<HoursView>(withQuery("/api/hours", { address, ...chosen.query }));
  const [open_ms, setOpen] = useState<number>();
  const view = found.value;
  if (view && view.window.name !== shown?.name) setShown(view.window);
  const title = `${t("nav.hours")} · ${nameOf(plant, address)}`;
  const picker = <WindowPicker {...chosen.picker} />;
  if (found.fault) return <Page title={title} aside={picker}><FaultNote fault={found.fault} /></Page>;
  if (!view) return <Page title={title} aside={picker}><Busy /></Page>;
  const hours = view.hours ?? [];
  const opened = hours.find((each) => each.from_ms === open_ms);
  const limit = view.bottleneck ? `${placeAt(plant, address).group ?? address}/${view.bottleneck}` : undefined;
  return (
    <Page title={title} under={<Covered window={view.window} />} aside={picker} greyed={found.freshness === "lost" || found.freshness === "stale"}>
      <Ending view={view} limit={limit} />
      <Card title={t("hours.table")} aside={<small>{t("hours.red_means")}</small>}>
        {hours.some((each) => each.planned_s > 0 || each.good)
          ? <HourTable view={view} words={(code) => (isReason(plant, code) ? reasonWords(plant, code) : "")} onOpen={(hour) => setOpen(hour.from_ms)} />
          : <Empty hint={t("hours.none.hint")}>{t("hours.none")}</Empty>}
      </Card>
      {opened ? <OneHour key={opened.from_ms} address={address} limit={limit} hour={opened} onClose={() => setOpen(undefined)} /> : null}
    </Page>
  );
}
