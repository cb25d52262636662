// Stations in the order of the flow with the buffers between them; a work centre as a grid.
import { Fragment } from "react";
import { href, reasonWords, serverNow, silentFor, usePlant, usePlantNow, useUnheard } from "../../data";
import type { BufferNowView, BufferView, GroupView, LineView, StationNowView, StationView } from "../../contract/views";
import { Card, Doubts, StateMark, stateCode, Tag } from "../../kit";
import { label, number, share, span, t, word } from "../../words";

export function Flow({ line, group }: { line: LineView; group: GroupView }) {
  const now = usePlantNow();
  const isLine = group.kind === "line";
  const names = isLine && group.flow?.length ? group.flow : Object.keys(group.stations ?? {});
  const between = (up: string, down: string | undefined): BufferView | undefined =>
    group.buffers?.find((each) => each.upstream === up && each.downstream === down);
  return (
    <Card title={t(isLine ? "line.flow" : "line.stations")}>
      <ol className={isLine ? "flow" : "cells"}>
        {names.map((name, at) => {
          const buffer = isLine ? between(name, names[at + 1]) : undefined;
          return (
            <Fragment key={name}>
              <Station address={`${line.address}/${name}`} name={name} view={group.stations?.[name]} is={line.stations?.[name]}
                now={now} limits={line.bottleneck === name} />
              {buffer ? <Buffer view={buffer} is={line.buffers?.[`${buffer.upstream}-${buffer.downstream}`]} />
                : isLine && at < names.length - 1 ? <li className="buffer" aria-hidden="true"><span className="arrow">›</span></li> : null}
            </Fragment>
          );
        })}
      </ol>
    </Card>
  );
}

function Station(
  { address, name, view, is, now, limits }:
  { address: string; name: string; view: StationView | undefined; is: StationNowView | undefined; now: number | undefined; limits: boolean },
) {
  const plant = usePlant().value;
  const state = stateCode(is?.state);
  const lasts = is?.since_ms === undefined || now === undefined ? undefined : (now - is.since_ms) / 1000;
  const connected = view?.connected ?? false;
  const silent_ms = silentFor(is, connected, serverNow());
  const unheard = useUnheard(is, connected);
  return (
    <li className={`stage ${state}${limits ? " limits" : ""}${unheard ? " greyed" : ""}`}>
      <a className="name" href={href("station", address)}>{label(view?.label, name)}</a>
      <div><StateMark state={state} size="1.7em" /></div>
      <p className="num">{lasts === undefined ? "" : t("line.for", { span: span(lasts) })}{is?.reason ? ` · ${reasonWords(plant, is.reason)}` : ""}</p>
      <p className="num">{t("line.good_scrap", { good: number(is?.good ?? 0, 0), scrap: number(is?.scrap ?? 0, 0) })}</p>
      {is?.product ? <p className="quiet">{[is.product, is.order].filter(Boolean).join(" · ")}</p> : null}
      {Object.entries(is?.wear ?? {}).map(([part, wear]) => {
        const said = t("line.wear", { name: label(view?.wears?.[part], part), share: share(wear.used, 0) });
        return (
          <div key={part} className="wear">
            <small>{said}</small>
            <span className="track" aria-hidden="true"><i className={wear.used >= 1 ? "over" : ""} style={{ width: `${100 * Math.min(1, wear.used)}%` }} /></span>
          </div>
        );
      })}
      <div className="row tags">
        {limits ? <Tag>{t("line.bottleneck")}</Tag> : null}
        {is?.alarms ? <a href={href("alarms", address.slice(0, address.lastIndexOf("/")))}><Tag kind="high">{t("line.alarms", { n: is.alarms })}</Tag></a> : null}
        {is?.calls ? <a href={href("calls", address.slice(0, address.lastIndexOf("/")))}><Tag kind="medium">{t("line.calls", { n: is.calls })}</Tag></a> : null}
        {is?.case ? <a href={href("cases", is.case)}><Tag kind="medium">{t("line.case")}</Tag></a> : null}
        <Doubts doubts={is?.doubts} />
        {unheard && silent_ms ? <Tag kind="low">{t("line.old", { span: span(silent_ms / 1000) })}</Tag> : null}
      </div>
    </li>
  );
}

function Buffer({ view, is }: { view: BufferView; is: BufferNowView | undefined }) {
  const count = is?.count;
  const said = view.places === undefined
    ? t("line.buffer.open", { count: count ?? "?" })
    : t("line.buffer", { count: count ?? "?", places: view.places });
  const filled = view.places && count !== undefined ? Math.min(1, Math.max(0, count / view.places)) : 0;
  return (
    <li className="buffer" aria-label={said} title={said}>
      <span className="arrow" aria-hidden="true">›</span>
      <span className="tank" aria-hidden="true" style={{ "--full": `${100 * filled}%` } as React.CSSProperties}><i /></span>
      <span className="num" aria-hidden="true">{is?.about ? <small>{t("line.about")} </small> : null}<b>{count ?? "?"}</b>{view.places === undefined ? "" : `/${view.places}`}</span>
      {is?.doubts?.length ? <small className="doubt">{is.doubts.map((each) => word("doubt", each)).join(", ")}</small> : null}
    </li>
  );
}
