// Where it stands now, and where it will end if nothing changes.
import { nameOf, usePlant } from "../../data";
import type { HoursView } from "../../contract/views";
import { BigFigure, Card, Doubts, Tag } from "../../kit";
import { NONE, number, signed, t } from "../../words";

export function Ending({ view, limit }: { view: HoursView; limit: string | undefined }) {
  const plant = usePlant().value;
  const last = (view.hours ?? []).filter((each) => each.gap !== undefined).at(-1);
  const gap = last?.gap;
  const ends = view.projection;
  const short = ends?.high !== undefined && view.target_end !== undefined && ends.high < view.target_end;
  return (
    <div className="hours-ending">
      <Card>
        <BigFigure large label={t(view.window.open ? "hours.gap_now" : "report.gap")} value={signed(gap, 0)} note={gap === undefined ? t("hours.not_begun") : undefined} />
        {gap === undefined ? null : <Tag kind={gap < -0.5 && (view.hours ?? []).some((each) => each.red) ? "high" : "calm"}>{t(gap < -0.5 ? "hours.behind" : gap > 0.5 ? "hours.ahead" : "line.on_target")}</Tag>}
      </Card>
      <Card className="wide">
        {view.window.open && ends ? (
          <>
            <div className="row">
              <BigFigure label={t("hours.ends")} value={number(ends.value, 0)} note={t("hours.ends.band", { low: number(ends.low, 0), high: number(ends.high, 0) })} />
              <BigFigure label={t("hours.target_end")} value={number(view.target_end, 0)} />
              {short ? <Tag kind="high">{t("hours.will_miss")}</Tag> : null}
              <Doubts doubts={ends.doubts} />
            </div>
            <Band low={ends.low} value={ends.value} high={ends.high} target={view.target_end} />
            <small>{view.projection_by ? t(`hours.by.${view.projection_by}`) : null}</small>
          </>
        ) : (
          <div className="row">
            {view.window.open ? null : <BigFigure label={t("hours.good_end")} value={number((view.hours ?? []).reduce((sum, each) => sum + (each.good ?? 0), 0), 0)} />}
            <BigFigure label={t("hours.target_end")} value={number(view.target_end, 0)} />
            <small className="note">{view.window.open ? t("hours.no_projection") : t("hours.closed")}</small>
          </div>
        )}
      </Card>
      <Card>
        <BigFigure label={t("hours.rate")} value={view.rate_per_h === undefined ? NONE : t("hours.per_h", { n: number(view.rate_per_h, 1) })}
          note={limit ? t("hours.rate.of", { station: nameOf(plant, limit) }) : t("hours.rate.none")} />
      </Card>
    </div>
  );
}

/** The band of the end on its way from nothing to the target. */
function Band({ low, value, high, target }: { low?: number; value?: number; high?: number; target?: number }) {
  const most = 1.04 * Math.max(1, high ?? 0, value ?? 0, target ?? 0);
  const at = (n: number) => (100 * Math.max(0, n)) / most;
  return (
    <svg className="band" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
      <rect x="0" y="7" width="100" height="6" fill="var(--track)" />
      {low !== undefined && high !== undefined ? <rect x={at(low)} y="4" width={Math.max(0.6, at(high) - at(low))} height="12" fill="var(--fill)" /> : null}
      {value !== undefined ? <rect x={at(value) - 0.3} y="2" width=".6" height="16" fill="var(--ink)" /> : null}
      {target !== undefined ? <path d={`M${at(target)} 0v20`} stroke="var(--target)" strokeWidth="2" strokeDasharray="3 2" vectorEffect="non-scaling-stroke" /> : null}
    </svg>
  );
}
