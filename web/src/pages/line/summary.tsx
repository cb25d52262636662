// Ahead or behind, how well, until when, and what limits.
import { href, usePlantNow } from "../../data";
import type { GroupView, LineView } from "../../contract/views";
import { BigFigure, Card, Tag, ValueInRange } from "../../kit";
import { label, NONE, number, share, signed, span, t, time, word } from "../../words";

/** Behind by more than this share of the target is worth a colour. */
const BEHIND_SHARE = 0.05;

export function Summary({ line, group }: { line: LineView; group: GroupView }) {
  return (
    <div className="line-summary">
      <Good line={line} />
      <Oee line={line} group={group} />
      <Shift line={line} />
      {group.kind === "line" ? <Bottleneck line={line} group={group} /> : null}
    </div>
  );
}

function Good({ line }: { line: LineView }) {
  const { good, target } = line;
  const gap = good === undefined || target === undefined ? undefined : Math.round(good - target);
  const behind = gap !== undefined && target !== undefined && gap < 0 && -gap > BEHIND_SHARE * target;
  return (
    <Card>
      <BigFigure large label={t("line.good")} value={number(good, 0)} note={target === undefined ? undefined : t("line.target", { n: number(target, 0) })} />
      {gap === undefined ? null : (
        <Tag kind={behind ? "high" : "calm"}>
          {gap === 0 ? t("line.on_target") : t(gap > 0 ? "line.ahead_by" : "line.behind_by", { n: signed(Math.abs(gap)).replace(/^\+/, "") })}
        </Tag>
      )}
    </Card>
  );
}

function Oee({ line, group }: { line: LineView; group: GroupView }) {
  return (
    <Card>
      <BigFigure label={t("line.oee")} value={share(line.oee)} />
      <ValueInRange label="" text="" value={line.oee} range={[0, 1]} target={group.target_oee}
        targetText={group.target_oee === undefined ? undefined : t("line.target_oee", { share: share(group.target_oee, 0) })} />
    </Card>
  );
}

function Shift({ line }: { line: LineView }) {
  const now = usePlantNow();
  if (!line.shift) return <Card><BigFigure label={t("line.shift")} value={NONE} note={t("line.no_shift")} /></Card>;
  const left = line.shift_until_ms === undefined || now === undefined ? undefined : (line.shift_until_ms - now) / 1000;
  const note = line.shift_until_ms === undefined ? undefined : t("line.shift_until", { time: time(line.shift_until_ms), span: span(left) });
  return <Card><BigFigure label={t("line.shift")} value={word("shift", line.shift)} note={note} /></Card>;
}

function Bottleneck({ line, group }: { line: LineView; group: GroupView }) {
  const name = line.bottleneck;
  const why = line.bottleneck_why ? word("why", line.bottleneck_why).replace("{share}", share(line.bottleneck_share, 0)).replace("{span}", span(line.bottleneck_s)) : undefined;
  const said = name ? <a href={href("station", `${line.address}/${name}`)}>{label(group.stations?.[name]?.label, name)}</a> : NONE;
  return <Card><BigFigure label={t("line.bottleneck")} value={said} note={name ? why : t("line.no_bottleneck")} /></Card>;
}
