// The parts of a case: causes, command, predicted against measured, what was tried on the twin.
import { usePlant } from "../../data";
import { Scrolled, Tag } from "../../kit";
import { figure, share, t, unit, word } from "../../words";
import { causeWords, effectWords, type CaseNow, type Effect } from "./view";

/** Causes less likely than this are folded away. */
const LIKELY = 0.01;

export function CaseParts({ one }: { one: CaseNow }) {
  return (
    <>
      {one.measured.length ? <Compared one={one} /> : null}
      {one.lesson ? <p lang="en"><b>{one.lesson}</b></p> : null}
      {one.verify_until && one.stage === "verifying" ? <p>{t("cases.verify_until", { time: one.verify_until })}</p> : null}
      {one.commands.length ? <Commands one={one} /> : null}
      {one.causes.length ? <Causes one={one} /> : null}
      {one.advice ? <p lang="en">{one.advice}</p> : null}
      {one.candidates.length ? <Candidates one={one} /> : null}
    </>
  );
}

function chance(p: number): string {
  if (p > 0.995) return t("cases.over_99");
  return p < 0.005 ? t("cases.below_1") : share(p, 0);
}

function Causes({ one }: { one: CaseNow }) {
  const likely = one.causes.filter((cause) => cause.probability >= LIKELY);
  const others = one.causes.filter((cause) => cause.probability < LIKELY);
  const row = (cause: CaseNow["causes"][number]) => (
    <li key={cause.cause}>
      <div className="row"><b className="num">{chance(cause.probability)}</b><span className="track" aria-hidden="true"><i style={{ width: `${100 * cause.probability}%` }} /></span><b>{causeWords(cause)}</b></div>
      {cause.why ? <p className="quiet" lang="en">{cause.why}</p> : null}
    </li>
  );
  return (
    <div>
      <h3>{t("cases.causes")}</h3>
      <ul className="causes">{likely.map(row)}</ul>
      {others.length ? <details><summary>{t("cases.others", { n: others.length })}</summary><ul className="causes">{others.map(row)}</ul></details> : null}
    </div>
  );
}

function Commands({ one }: { one: CaseNow }) {
  return (
    <div>
      <h3>{t("cases.commands")}</h3>
      <ul>{one.commands.map((command) => <li key={command.words}>{[word("outcome", command.outcome), command.words, (command.after ?? "") === "" ? "" : t("cases.read_back", { value: command.after ?? "" })].filter(Boolean).join(" · ")}</li>)}</ul>
    </div>
  );
}

function Value({ effect }: { effect: Effect | undefined }) {
  if (!effect) return <>–</>;
  const name = unit(effect.unit);
  return (
    <>
      <b className="num nowrap">{effect.mean > 0 ? "+" : ""}{figure(effect.mean)}{name ? ` ${name}` : ""}</b>{" "}
      <small className="num nowrap">{t("cases.interval", { low: figure(effect.low), high: figure(effect.high), level: share(effect.level, effect.level > 0.99 ? 1 : 0) })}</small>
    </>
  );
}

const measuresOf = (...lists: readonly Effect[][]): string[] => [...new Set(lists.flat().map((effect) => effect.words))];

/** The words of a measure for the reader. */
function useMeasureWords(): (words: string, ...lists: readonly Effect[][]) => string {
  const plant = usePlant().value;
  return (words, ...lists) => {
    const effect = lists.flat().find((each) => each.words === words);
    return effect ? effectWords(plant, effect) : words;
  };
}

function Compared({ one }: { one: CaseNow }) {
  const wordsOf = useMeasureWords();
  const find = (list: readonly Effect[], words: string) => list.find((effect) => effect.words === words);
  return (
    <div>
      <h3>{t("cases.compared")}</h3>
      <Scrolled name={t("cases.compared")}><table className="list blocks">
        <thead><tr><th scope="col"><span>{t("cases.measure")}</span></th><th scope="col"><span>{t("cases.predicted")}</span></th><th scope="col"><span>{t("cases.measured")}</span></th></tr></thead>
        <tbody>{measuresOf(one.measured, one.expected).map((words) => (
          <tr key={words}><td>{wordsOf(words, one.expected, one.measured)}</td><td data-title={t("cases.predicted")}><Value effect={find(one.expected, words)} /></td><td data-title={t("cases.measured")}><Value effect={find(one.measured, words)} /></td></tr>
        ))}</tbody>
      </table></Scrolled>
    </div>
  );
}

/** What concerns the line is compared; effects on single tags are for the verification. */
const ofLine = (list: readonly Effect[]): Effect[] => list.filter((effect) => !effect.measure.includes("#"));

function Candidates({ one }: { one: CaseNow }) {
  const wordsOf = useMeasureWords();
  const measures = measuresOf(...one.candidates.map((each) => ofLine(each.effects)));
  return (
    <div>
      <h3>{t("cases.candidates")}</h3>
      <ul className="candidates">{one.candidates.map((each) => (
        <li key={each.name} className={each.chosen ? "chosen" : ""}>
          <p>{each.chosen ? <Tag kind="good">{t("cases.proposed")}</Tag> : null} <b lang="en">{each.words}</b> {each.call ? <small>{each.call_at ? t("cases.calls_for", { call: word("call", each.call), time: each.call_at }) : t("cases.calls", { call: word("call", each.call) })}</small> : null}</p>
          {each.effects.length ? (
            <dl>{measures.map((words) => <div key={words}><dt>{wordsOf(words, ...one.candidates.map((other) => other.effects))}</dt><dd><Value effect={ofLine(each.effects).find((effect) => effect.words === words)} /></dd></div>)}</dl>
          ) : null}
        </li>
      ))}</ul>
    </div>
  );
}
