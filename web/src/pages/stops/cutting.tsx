// Two stops that were one, and one that was two.
import { useState } from "react";
import { leaves, mergeStops, splitStop, type Outcome } from "../../data";
import type { ReasonView, StopsView, StopView } from "../../contract/views";
import { Dialog, Field, sayFault, StateMark, toast } from "../../kit";
import { label, span, t, timeToSecond } from "../../words";

/** Reasons to pick from a list, in the groups of the tree. */
function Reasons({ name, tree, value, onChange }: { name: string; tree: readonly ReasonView[]; value: string; onChange: (code: string) => void }) {
  return (
    <Field label={name}>
      <select value={value} onChange={(event) => onChange(event.target.value)} required>
        <option value="">{t("stops.pick_reason")}</option>
        {tree.map((one) => one.reasons?.length
          ? <optgroup key={one.code} label={label(one.label, one.code)}>{leaves(one.reasons).map((leaf) => <option key={leaf.code} value={leaf.code}>{label(leaf.label, leaf.code)}</option>)}</optgroup>
          : <option key={one.code} value={one.code}>{label(one.label, one.code)}</option>)}
      </select>
    </Field>
  );
}

const told = (end: Outcome, words: string, onDone: () => void, undo?: () => void) => {
  if (end.kind !== "done") return sayFault(end.fault);
  toast(words, { undo });
  onDone();
};

/** A stop is cut to the second. */
const STEP_MS = 1000;

export function Split(
  { id, stop, tree, title, onClose, onDone, onUndo }:
  { id: string; stop: StopView; tree: readonly ReasonView[]; title: string; onClose: () => void; onDone: () => void; onUndo: (id: string) => void },
) {
  const end_ms = stop.until_ms ?? stop.from_ms + stop.s * 1000;
  const [at, setAt] = useState(Math.round((stop.from_ms + end_ms) / 2 / STEP_MS) * STEP_MS);
  const [first, setFirst] = useState(stop.reason ?? "");
  const [second, setSecond] = useState("");
  const [comment, setComment] = useState(stop.comment ?? "");
  const [busy, setBusy] = useState(false);
  const move = (by_s: number) => setAt((now) => Math.min(end_ms - STEP_MS, Math.max(stop.from_ms + STEP_MS, now + by_s * 1000)));
  const send = () => {
    setBusy(true);
    void splitStop(id, Math.round(at), { code: first, comment }, { code: second, comment })
      .then((outcome) => told(outcome, t("stops.split.done"), onDone, () => onUndo(id))).finally(() => setBusy(false));
  };
  return (
    <Dialog title={`${t("stops.split")} ${title}`} onClose={onClose}>
      <form className="grid" onSubmit={(event) => { event.preventDefault(); send(); }}>
        <Field label={t("stops.split.at")}>
          <input type="range" min={stop.from_ms + STEP_MS} max={end_ms - STEP_MS} step={STEP_MS} value={at} aria-valuetext={timeToSecond(at)} onChange={(event) => setAt(Number(event.target.value))} />
        </Field>
        <div className="row split-at">
          <button type="button" onClick={() => move(-60)}>−1 min</button><button type="button" onClick={() => move(-10)}>−10 s</button>
          <b className="num">{timeToSecond(at)}</b>
          <button type="button" onClick={() => move(10)}>+10 s</button><button type="button" onClick={() => move(60)}>+1 min</button>
        </div>
        <div className="halves">
          <div><p className="num">{timeToSecond(stop.from_ms)}–{timeToSecond(at)} · <b>{span((at - stop.from_ms) / 1000)}</b></p><Reasons name={t("stops.split.first")} tree={tree} value={first} onChange={setFirst} /></div>
          <div><p className="num">{timeToSecond(at)}–{timeToSecond(end_ms)} · <b>{span((end_ms - at) / 1000)}</b></p><Reasons name={t("stops.split.second")} tree={tree} value={second} onChange={setSecond} /></div>
        </div>
        <Field label={t("reason.comment")}><input value={comment} maxLength={1000} onChange={(event) => setComment(event.target.value)} /></Field>
        <footer><button type="button" onClick={onClose}>{t("cancel")}</button><button type="submit" className="main" disabled={busy || !first || !second}>{t("stops.split.do")}</button></footer>
      </form>
    </Dialog>
  );
}

/** Neighbours offered to each side. */
const BESIDE = 3;

export function Merge(
  { id, stop, view, tree, title, onClose, onDone }:
  { id: string; stop: StopView; view: StopsView; tree: readonly ReasonView[]; title: string; onClose: () => void; onDone: () => void },
) {
  const same = Object.entries(view.stops ?? {}).filter(([, each]) => each.address === stop.address).sort((one, other) => one[1].from_ms - other[1].from_ms);
  const here = same.findIndex(([each]) => each === id);
  const near = same.slice(Math.max(0, here - BESIDE), here + BESIDE + 1);
  const [picked, setPicked] = useState<readonly string[]>([id]);
  const [code, setCode] = useState(stop.reason ?? stop.suggested ?? "");
  const [comment, setComment] = useState("");
  const [busy, setBusy] = useState(false);
  const ordered = same.map(([each]) => each).filter((each) => picked.includes(each));
  const gapless = same.findIndex(([each]) => each === ordered[0]) + ordered.length - 1 === same.findIndex(([each]) => each === ordered.at(-1));
  const send = () => {
    setBusy(true);
    void mergeStops(ordered, { code, comment }).then((outcome) => told(outcome, t("stops.merge.done"), onDone)).finally(() => setBusy(false));
  };
  return (
    <Dialog title={`${t("stops.merge")} ${title}`} onClose={onClose}>
      {near.length < 2 ? <p>{t("stops.merge.alone")}</p> : (
        <form className="grid" onSubmit={(event) => { event.preventDefault(); send(); }}>
          <ul className="near">
            {near.map(([each, one]) => (
              <li key={each}><label>
                <input type="checkbox" checked={picked.includes(each)} disabled={each === id} onChange={(event) => setPicked(event.target.checked ? [...picked, each] : picked.filter((other) => other !== each))} />
                <StateMark state={one.state} /><span className="num">{timeToSecond(one.from_ms)}–{one.until_ms === undefined ? t("stops.open") : timeToSecond(one.until_ms)} · <b>{span(one.s)}</b></span>
              </label></li>
            ))}
          </ul>
          {gapless ? null : <small role="status">{t("stops.merge.gap")}</small>}
          <Reasons name={t("stops.merge.reason")} tree={tree} value={code} onChange={setCode} />
          <Field label={t("reason.comment")}><input value={comment} maxLength={1000} onChange={(event) => setComment(event.target.value)} /></Field>
          <footer><button type="button" onClick={onClose}>{t("cancel")}</button><button type="submit" className="main" disabled={busy || !code || ordered.length < 2 || !gapless}>{t("stops.merge.do", { n: ordered.length })}</button></footer>
        </form>
      )}
    </Dialog>
  );
}
