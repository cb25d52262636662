// The decision room: detected, diagnosed, tried on the twin, proposed, granted, acted, verified.
import { useState } from "react";
import { act, asFault, href, nameOf, useMay, usePlant, useSites, useWatched } from "../../data";
import { Busy, Card, Empty, FaultNote, Page, Sure, Tag, toast } from "../../kit";
import { t, word } from "../../words";
import { CaseParts } from "./parts";
import { changeWords, inTurn, STAGES, stageMark, type CaseNow, type CasesView } from "./view";
import "./cases.css";

export default function Cases({ address }: { address: string }) {
  const found = useWatched<CasesView>("/api/cases");
  const plant = usePlant().value;
  if (found.fault) return <Page title={t("cases.title")}><FaultNote fault={found.fault} /></Page>;
  if (!found.value) return <Page title={t("cases.title")}><Busy /></Page>;
  const cases = inTurn(Object.values(found.value.cases ?? {}));
  const shown = cases.find((one) => one.id === address) ?? cases[0];
  return (
    <Page title={t("cases.title")} greyed={found.freshness === "lost" || found.freshness === "stale"}>
      <div className="cases">
        <div className="grid">
          <Card title={t("cases.list")}>
            {cases.length ? (
              <ul className="case-list">{cases.map((one) => (
                <li key={one.id}><a href={href("cases", one.id)} aria-current={one === shown ? "true" : undefined}>
                  <span><b>{nameOf(plant, one.address)}</b> <small>{one.at}</small></span><Stage one={one} />
                </a></li>
              ))}</ul>
            ) : <Empty>{t("cases.none")}</Empty>}
          </Card>
          <Stopping />
        </div>
        {shown ? <One key={shown.id} one={shown} /> : null}
      </div>
    </Page>
  );
}

function Stage({ one }: { one: CaseNow }) {
  if (one.can_confirm) return <Tag kind="high">{t("cases.waits")}</Tag>;
  if (one.stage !== "closed") return <Tag kind="medium">{word("stage", one.stage)}</Tag>;
  const bad = one.outcome === "harmful";
  return <Tag kind={bad ? "critical" : one.outcome === "effective" ? "good" : "calm"}>{word("outcome", one.outcome || "closed")}</Tag>;
}

const SIGNS = { now: "▶", done: "✓", over: "–", ahead: "○" } as const;

function One({ one }: { one: CaseNow }) {
  const plant = usePlant().value;
  return (
    <Card title={one.title ? <span lang="en">{one.title}</span> : word("case", one.kind)} className={one.can_confirm ? "asks" : ""}>
      <p><a href={href("station", one.address)}>{nameOf(plant, one.address)}</a> <small>{one.at}</small></p>
      <ol className="steps" aria-label={t("cases.stage")}>
        {STAGES.map((stage) => {
          const mark = stageMark(one, stage);
          return (
            <li key={stage} className={mark} aria-current={mark === "now" ? "step" : undefined}>
              <span aria-hidden="true">{SIGNS[mark]}</span> {word("stage", stage)}{stage === "closed" && one.outcome ? `: ${word("outcome", one.outcome)}` : ""}
            </li>
          );
        })}
      </ol>
      {one.can_confirm ? <Answer one={one} /> : null}
      <CaseParts one={one} />
    </Card>
  );
}

/** Confirm or refuse, asked once more with value, unit, station and until when. */
function Answer({ one }: { one: CaseNow }) {
  const plant = usePlant().value;
  const may = useMay("confirm_case");
  const [asked, setAsked] = useState<"confirm" | "refuse">();
  const [busy, setBusy] = useState(false);
  const send = (what: "confirm" | "refuse") => {
    setAsked(undefined);
    setBusy(true);
    act("POST", `/api/cases/${one.id}/${what}`)
      .then(() => toast(t(what === "confirm" ? "cases.confirmed" : "cases.refused")), (error: unknown) => {
        const fault = asFault(error);
        toast(`${fault.what} ${fault.to_do}`, { bad: true });
      })
      .finally(() => setBusy(false));
  };
  return (
    <div className="answer">
      <h3>{t("cases.proposal")}</h3>
      <ul>{one.proposal.map((change) => <li key={change.words}><b>{changeWords(plant, change)}</b></li>)}</ul>
      {may ? (
        <div className="row">
          <button type="button" className="main" disabled={busy} onClick={() => setAsked("confirm")}>{t("cases.confirm")}</button>
          <button type="button" disabled={busy} onClick={() => setAsked("refuse")}>{t("cases.refuse")}</button>
        </div>
      ) : <p className="quiet">{t("cases.may_not")}</p>}
      {asked === "confirm" ? (
        <Sure title={t("cases.confirm.title")} yes={t("cases.confirm.yes")} onYes={() => send("confirm")} onNo={() => setAsked(undefined)}>
          <ul>{one.proposal.map((change) => <li key={change.words}><b>{changeWords(plant, change)}</b></li>)}</ul><p>{t("cases.confirm.text")}</p>
        </Sure>
      ) : null}
      {asked === "refuse" ? (
        <Sure title={t("cases.refuse.title")} yes={t("cases.refuse.yes")} danger onYes={() => send("refuse")} onNo={() => setAsked(undefined)}><p lang="en">{one.title}</p><p>{t("cases.refuse.text")}</p></Sure>
      ) : null}
    </div>
  );
}

/** Stopping asks nothing; letting go on asks once more. */
function Stopping() {
  const sites = useSites().value;
  const [mayStop, mayClear] = [useMay("stop"), useMay("stop_clear")];
  const [asked, setAsked] = useState(false);
  if (!sites) return null;
  const stopped = sites.actions_stopped ?? false;
  const send = (path: string) => act("POST", path).catch((error: unknown) => toast(asFault(error).what, { bad: true }));
  return (
    <Card title={t("cases.stop")}>
      <p>{stopped ? <Tag kind="high">{t("banner.stopped", { by: sites.actions_stopped_by ?? "" })}</Tag> : t("cases.stop.on")}</p>
      {stopped && mayClear ? <button type="button" onClick={() => setAsked(true)}>{t("stop.clear")}</button> : null}
      {!stopped && mayStop ? <button type="button" className="danger" title={t("stop.title")} onClick={() => void send("/api/stop")}>{t("stop.short")}</button> : null}
      <small>{t("stop.title")}</small>
      {asked ? <Sure title={t("stop.clear")} yes={t("stop.clear")} onNo={() => setAsked(false)} onYes={() => { setAsked(false); void send("/api/stop/clear"); }}><p>{t("stop.clear.sure")}</p></Sure> : null}
    </Card>
  );
}
