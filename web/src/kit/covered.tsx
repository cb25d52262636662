// Which stretch of time an answer is about, whether it still goes on, and how far it is counted.
import { day, t, time, word } from "../words";

export interface Covering {
  from_ms: number;
  until_ms: number;
  name?: string;
  open?: boolean;
  watermark_ms?: number;
  revision?: number;
}

export function Covered({ window }: { window: Covering }) {
  const [, shift] = (window.name ?? "").split("/");
  const last = day(window.until_ms) === day(window.from_ms) ? time(window.until_ms) : `${day(window.until_ms)} ${time(window.until_ms)}`;
  const parts = [
    `${day(window.from_ms)}${shift ? `, ${t("window.shift_of", { shift: word("shift", shift) })}` : ""}`,
    `${time(window.from_ms)}–${last}`,
    window.open ? `${t("window.open")}${window.watermark_ms ? `, ${t("window.counted", { time: time(window.watermark_ms) })}` : ""}` : "",
    window.revision && !window.open ? t("window.revision", { n: window.revision }) : "",
  ];
  return <span className="num">{parts.filter(Boolean).join(" · ")}</span>;
}
