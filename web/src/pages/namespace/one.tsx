// One tag: value, quality, age, origin, its place on the bus and in the plant file; each can be copied.
import { useEffect, useState } from "react";
import { href, nameOf, useAsked, usePlant, valueWords, withQuery } from "../../data";
import type { NamespaceView, ValueView } from "../../contract/views";
import { Card, CopyButton, Doubts, FaultNote, Tag } from "../../kit";
import { dayAndTime, quantity, span, t, timeToSecond, unit, word } from "../../words";
import type { Listed } from "./tree";

/** Tags of one station that are asked for at most. */
const LIMIT = 2000;
const AGAIN_MS = 5000;

export function OneTag({ tag, value, now_ms, onClose }: { tag: Listed; value: ValueView | undefined; now_ms: number | undefined; onClose: (() => void) | undefined }) {
  const plant = usePlant().value;
  const found = useAsked<NamespaceView>(withQuery("/api/namespace", { address: tag.station, limit: LIMIT }));
  const [last, setLast] = useState(value);
  useEffect(() => { if (value) setLast(value); }, [value]);
  useEffect(() => {
    const timer = setInterval(found.again, AGAIN_MS);
    return () => clearInterval(timer);
  }, [found.again]);
  const known = found.value?.tags?.[tag.tag];
  const now = value ?? last ?? known?.now;
  const source = known?.source;
  const limits = Object.entries(tag.view.limits ?? {});
  const origin = source?.formula ? t("namespace.formula") : source?.protocol ? `${source.protocol} · ${source.endpoint ?? ""}` : t("namespace.no_source");
  return (
    <Card title={tag.words} className="namespace-one" aside={onClose ? <button type="button" className="plain" onClick={onClose} aria-label={t("close")}>✕</button> : null}>
      <p><a href={href("station", tag.station)}>{nameOf(plant, tag.station)}</a></p>
      <div className="figure"><b className="num">{valueWords(tag.view, now)}</b>
        <small className="num">{now ? `${dayAndTime(now.t_ms)}:${timeToSecond(now.t_ms).slice(-2)}${now_ms === undefined ? "" : ` · ${t("namespace.ago", { span: span(Math.max(0, (now_ms - now.t_ms) / 1000)) })}`}` : t("namespace.never")}</small></div>
      <p className="row">{now?.doubts?.length ? <Doubts doubts={now.doubts} /> : now ? <Tag kind="good">{t("namespace.good")}</Tag> : null}{source?.link ? <Tag kind={source.link === "connected" ? "calm" : "high"}>{word("link", source.link)}</Tag> : null}</p>
      <div className="row">
        <a className="button" href={href("trend", "", { tags: tag.tag })}>{t("namespace.trend")}</a>
        <a className="button" href={href("connections")}>{t("nav.connections")}</a>
      </div>
      {found.fault ? <FaultNote fault={found.fault} /> : null}
      <dl className="facts-list namespace-facts">
        <Fact name={t("namespace.address")} text={tag.tag} />
        <Fact name={t("namespace.path")} text={known?.path} />
        <Fact name={t("namespace.file")} text={known?.file} />
        <Fact name={t("namespace.subject")} text={known?.subject} />
        <dt>{t("namespace.origin")}</dt><dd>{origin}</dd>
        <Fact name={t("namespace.item")} text={source?.item} />
        <Fact name={t("namespace.formula")} text={source?.formula} />
        {tag.view.role ? <><dt>{t("namespace.role")}</dt><dd>{word("role", tag.view.role)} <small>{tag.view.role}</small></dd></> : null}
        {known?.type ? <><dt>{t("namespace.type")}</dt><dd>{known.type}</dd></> : null}
        {tag.view.unit ? <><dt>{t("namespace.unit")}</dt><dd>{unit(tag.view.unit)}</dd></> : null}
        {tag.view.low_range !== undefined || tag.view.high_range !== undefined ? <><dt>{t("namespace.range")}</dt><dd className="num">{t("station.range", { low: quantity(tag.view.low_range, tag.view.unit), high: quantity(tag.view.high_range, tag.view.unit) })}</dd></> : null}
        {limits.length ? <><dt>{t("namespace.limits")}</dt><dd className="num">{limits.map(([name, each]) => <div key={name}>{word("limit", name)}: {quantity(each.limit, tag.view.unit)} · {word("priority", each.priority)}</div>)}</dd></> : null}
      </dl>
    </Card>
  );
}

function Fact({ name, text }: { name: string; text: string | undefined }) {
  if (!text) return null;
  return <><dt>{name}</dt><dd className="namespace-copy"><code>{text}</code><CopyButton text={text} of={name} /></dd></>;
}
