// Pick tags: search over the names, the words and the addresses of all of the site.
import { useDeferredValue, useMemo, useState } from "react";
import { allTags, found, nameOf, tagWords, type TagAt } from "../../data";
import type { PlantView } from "../../contract/views";
import { Dialog, Empty, Field } from "../../kit";
import { t, unit } from "../../words";

/** Rows that are listed at once; a better search finds the rest. */
const LISTED = 120;

export function TagPicker(
  { plant, chosen, onToggle, onClose }:
  { plant: PlantView | undefined; chosen: readonly string[]; onToggle: (tag: string) => void; onClose: () => void },
) {
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search);
  const all = useMemo(() => allTags(plant).map((each) => ({ ...each, text: `${each.tag} ${tagWords(each.view, each.name)} ${nameOf(plant, each.station)}` })), [plant]);
  const rows = useMemo(() => {
    const hits = all.filter((each) => found(each.text, wanted));
    return wanted ? hits : [...hits].sort((one, other) => worth(other) - worth(one));
  }, [all, wanted]);
  const shown = rows.slice(0, LISTED);
  const stations = [...new Set(shown.map((each) => each.station))];
  return (
    <Dialog title={t("trend.pick")} onClose={onClose}>
      <Field label={t("trend.search")}><input type="search" value={search} autoFocus onChange={(event) => setSearch(event.target.value)} /></Field>
      <div className="trend-pick">
        {stations.map((station) => (
          <fieldset key={station}>
            <legend>{nameOf(plant, station)}</legend>
            {shown.filter((each) => each.station === station).map((each) => (
              <label key={each.tag}>
                <input type="checkbox" checked={chosen.includes(each.tag)} onChange={() => onToggle(each.tag)} />
                <span>{tagWords(each.view, each.name)}{each.view.unit ? <small> {unit(each.view.unit)}</small> : null}<small className="name">{each.name}</small></span>
              </label>
            ))}
          </fieldset>
        ))}
        {shown.length ? null : <Empty>{t("trend.none_found")}</Empty>}
        {rows.length > LISTED ? <small>{t("trend.more_found", { n: rows.length - LISTED })}</small> : null}
      </div>
      <footer><button type="button" className="main" onClick={onClose}>{t("trend.picked", { n: chosen.length })}</button></footer>
    </Dialog>
  );
}

/** Measured values are looked for more often than switches. */
const worth = (each: TagAt): number => (each.view.unit ? 2 : 0) + (each.view.limits ? 1 : 0);
