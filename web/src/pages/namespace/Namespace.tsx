// The namespace: every tag of the site, where it comes from, what it says now, where it stands in the plant file.
import { useCallback, useDeferredValue, useMemo, useState } from "react";
import { href, useFreshnessOfNow, usePlant, usePlantNow, useQuery, useWatched, valueWords } from "../../data";
import type { ValuesView, ValueView } from "../../contract/views";
import { Busy, Doubts, Empty, Field, Page, VirtualTree } from "../../kit";
import { number, span, t } from "../../words";
import { OneTag } from "./one";
import { listed, placesOf, rowsOf, searched, type Row } from "./tree";
import "./namespace.css";

const ROW_PX = 44;
/** Up to so many tags everything is open at the start. */
const SMALL = 120;
/** A value older than this is marked with its age. */
const AGED_S = 60;

export default function Namespace(_: { address: string }) {
  const plant = usePlant().value;
  const freshness = useFreshnessOfNow();
  const now_ms = usePlantNow(1000);
  const [search, setSearch] = useQuery("search");
  const [chosen, setChosen] = useQuery("tag");
  const wanted = useDeferredValue(search);
  const all = useMemo(() => listed(plant), [plant]);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [inView, setInView] = useState<readonly string[]>([]);
  const hits = useMemo(() => searched(all, wanted), [all, wanted]);
  const rows = useMemo(() => {
    if (wanted.trim()) return rowsOf(plant, hits, "all");
    const places = new Set(all.flatMap((each) => placesOf(each.station)));
    const begin = (place: string) => all.length <= SMALL || place.split("/").length < 3;
    return rowsOf(plant, hits, new Set([...places].filter((place) => begin(place) !== toggled.has(place))));
  }, [plant, all, hits, wanted, toggled]);
  const toggle = useCallback((row: Row) => setToggled((old) => {
    const next = new Set(old);
    if (!next.delete(row.id)) next.add(row.id);
    return next;
  }), []);
  const seen = useCallback((shown: readonly Row[]) => setInView(shown.flatMap((row) => (row.tag ? [row.tag.tag] : []))), []);
  const watched = chosen && !inView.includes(chosen) ? [...inView, chosen] : inView;
  const values = useWatched<ValuesView>(watched.length ? `/api/values?tags=${watched.map(encodeURIComponent).join(",")}` : undefined).value?.values;
  const one = all.find((each) => each.tag === chosen);
  const beside = one ?? (beside_fits.matches && !wanted ? all[0] : undefined);
  return (
    <Page title={t("nav.namespace")} under={t("namespace.count", { n: all.length })} greyed={freshness === "lost"}>
      <div className={`namespace${one ? " with-one" : ""}`}>
        <section className="card">
          <Field label={t("namespace.search")}><input type="search" value={search} onChange={(event) => setSearch(event.target.value)} placeholder={t("namespace.search.hint")} /></Field>
          {wanted ? <small role="status">{t("namespace.found", { n: hits.length })}</small> : null}
          {!plant ? <Busy /> : rows.length ? (
            <VirtualTree<Row> rows={rows} high={ROW_PX} label={t("nav.namespace")} chosen={beside?.tag} onToggle={toggle} onChoose={(row) => setChosen(row.id)} onSeen={seen}
              show={(row) => (row.tag ? <TagRow row={row} value={values?.[row.id]} now_ms={now_ms} /> : <PlaceRow row={row} />)} />
          ) : <Empty>{t("trend.none_found")}</Empty>}
        </section>
        {beside ? <OneTag key={beside.tag} tag={beside} value={values?.[beside.tag]} now_ms={now_ms} onClose={one ? () => setChosen("") : undefined} /> : <section className="card namespace-hint"><Empty hint={<a href={href("trend")}>{t("nav.trend")}</a>}>{t("namespace.pick")}</Empty></section>}
      </div>
    </Page>
  );
}

/** Where there is room beside the tree a tag stands from the start. */
const beside_fits = matchMedia("(min-width: 901px)");

function PlaceRow({ row }: { row: Row }) {
  return <><b>{row.words}</b><small className="num">{number(row.count, 0)}</small></>;
}

function TagRow({ row, value, now_ms }: { row: Row; value: ValueView | undefined; now_ms: number | undefined }) {
  const age_s = value && now_ms !== undefined ? Math.max(0, (now_ms - value.t_ms) / 1000) : undefined;
  return (
    <>
      <span className="tag-name">{row.words}<small>{row.tag?.name}</small></span>
      <span className="tag-value num">
        <Doubts doubts={value?.doubts} />
        <b>{valueWords(row.tag?.view, value)}</b>
        <small>{age_s === undefined ? t("namespace.never") : age_s < AGED_S ? t("namespace.now") : t("namespace.ago", { span: span(age_s) })}</small>
      </span>
    </>
  );
}
