// One value for the machine: shown first, granted once, sent once, read back, and told what came of it.
import { useEffect, useState } from "react";
import { allowedRange, asFault, commandOutcome, offerOf, partsOf, permits, permitWords, sendCommand, useMay, usePlantNow, useSession, type Fault, type Offer, type Sent } from "../../data";
import type { CommandView, StationPageView, StationView } from "../../contract/views";
import { Busy, Card, Dialog, Empty, FaultNote, Field, Tag, ValueInRange } from "../../kit";
import { label, number, quantity, said as sentence, t, unit, word } from "../../words";

/** How often the outcome is looked for. */
const LOOK_MS = 400;
/** A command ends by itself sooner; then nobody waits longer. */
const WAIT_MS = 60_000;
/** After how long it may be taken back by itself; 0: it stays. */
const MINUTES = [0, 15, 30, 60, 120];

export function Commands({ address, view, station }: { address: string; view: StationPageView; station: StationView }) {
  const may = useMay("command");
  const roles = useSession().view?.roles ?? {};
  const [open, setOpen] = useState<string>();
  const commands = Object.entries(station.commands ?? {});
  return (
    <Card title={t("station.commands")}>
      {commands.map(([name, command]) => (
        <div key={name} className="station-command">
          <span><b>{label(command.label, name)}</b><br /><small className="num">{rangeWords(command)}</small></span>
          {may && roleMay(command, address, roles) ? <button type="button" onClick={() => setOpen(name)}>{t("station.set")}</button> : <small>{whoMay(command)}</small>}
        </div>
      ))}
      {commands.length ? null : <Empty>{t("station.no_commands")}</Empty>}
      {open && station.commands?.[open] ? <CommandDialog address={address} name={open} command={station.commands[open]} station={station} view={view} onClose={() => setOpen(undefined)} /> : null}
    </Card>
  );
}

/** Between what a person may set it: the plant file's bounds, else those of the machine. */
function rangeWords(command: CommandView): string {
  if (Object.keys(command.choices ?? {}).length) return Object.entries(command.choices ?? {}).map(([name, labels]) => label(labels, name)).join(", ");
  return t("station.range", { low: quantity(command.allowed_low ?? command.low, command.unit), high: quantity(command.allowed_high ?? command.high, command.unit) });
}

/** Whether a role that a person has at this place is one that the plant file names. */
export function roleMay(command: CommandView, address: string, roles: Readonly<Record<string, string>>): boolean {
  if (!command.allowed) return false;
  const mine = [roles["*"], roles[address.split("/")[0] ?? ""]];
  return !command.roles?.length || mine.some((role) => role !== undefined && command.roles?.includes(role));
}

const whoMay = (command: CommandView): string =>
  !command.allowed ? t("station.nobody_may") : command.roles?.length ? t("station.roles_may", { roles: command.roles.map((role) => word("role_of", role)).join(", ") }) : t("station.may_not_command");

interface DialogProps { address: string; name: string; command: CommandView; station: StationView; view: StationPageView; onClose: () => void }

function CommandDialog(props: DialogProps) {
  const { address, name, command } = props;
  const [offer, setOffer] = useState<Offer>();
  const [fault, setFault] = useState<Fault>();
  const [sent, setSent] = useState<Sent>();
  useEffect(() => {
    let here = true;
    offerOf(address, name).then((found) => here && setOffer(found), (error: unknown) => here && setFault(asFault(error)));
    return () => { here = false; };
  }, [address, name]);
  const title = t("station.set.title", { name: label(command.label, name) });
  return (
    <Dialog title={title} onClose={props.onClose}>
      {sent ? <Follow first={sent} unitName={command.unit} onClose={props.onClose} />
        : fault && !offer ? <FaultNote fault={fault} />
          : !offer ? <Busy />
            : offer.refused ? <><FaultNote fault={{ what: t("station.refused"), to_do: sentence(offer.refused) }} /><Facts {...props} offer={offer} /></>
              : <Ask {...props} offer={offer} fault={fault} onFault={setFault} onSent={setSent} />}
    </Dialog>
  );
}

/** The present value of a tag: the newest that the page knows, else what history had. */
function presentOf(offer: Offer, view: StationPageView): number | string | undefined {
  const [, name] = partsOf(offer.present?.tag ?? "");
  const now = view.values?.[name];
  return now?.text || (now?.value ?? offer.present?.value ?? offer.present?.text ?? undefined);
}

const said = (value: number | string | boolean | null | undefined, of: string | undefined): string => (typeof value === "number" ? quantity(value, of) : value === null || value === undefined ? "–" : String(value));

function Facts({ offer, view, station, command }: DialogProps & { offer: Offer }) {
  const present = presentOf(offer, view);
  const nowOf = (name: string) => {
    const tag = Object.entries(station.tags ?? {}).find(([, each]) => each.role === `permit.${name}`)?.[0];
    return (tag ? view.values?.[tag]?.value : undefined) ?? offer.permits[name]?.value;
  };
  return (
    <dl className="facts-list">
      <dt>{t("station.present")}</dt><dd><b className="num">{said(present, command.unit)}</b></dd>
      <dt>{t("station.allowed")}</dt><dd className="num">{offer.choices.length ? offer.choices.join(", ") : t("station.range", { low: quantity(allowedRange(offer)[0], command.unit), high: quantity(allowedRange(offer)[1], command.unit) })} <small>{t("station.by_plant")}</small></dd>
      <dt>{t("station.machine_range")}</dt><dd className="num">{t("station.range", { low: quantity(offer.range[0], command.unit), high: quantity(offer.range[1], command.unit) })}</dd>
      <dt>{t("station.permits")}</dt>
      <dd className="row">{Object.keys(offer.permits).map((name) => {
        const value = nowOf(name);
        const fits = permits(name, value);
        return <Tag key={name} kind={fits === undefined ? "low" : fits ? "calm" : "high"}>{fits ? "✓ " : ""}{permitWords(name, value)}</Tag>;
      })}</dd>
    </dl>
  );
}

function Ask(props: DialogProps & { offer: Offer; fault?: Fault; onFault: (fault: Fault) => void; onSent: (sent: Sent) => void }) {
  const { offer, command, view, name, address } = props;
  const now_ms = usePlantNow(5000) ?? 0;
  const present = presentOf(offer, view);
  const [text, setText] = useState("");
  const [minutes, setMinutes] = useState(0);
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [low, high] = allowedRange(offer);
  const value: number | string | undefined = offer.choices.length ? (text || undefined) : text.trim() === "" || !Number.isFinite(Number(text.replace(",", "."))) ? undefined : Number(text.replace(",", "."));
  const outside = typeof value === "number" && ((low !== undefined && value < low) || (high !== undefined && value > high));
  const send = () => {
    setBusy(true);
    sendCommand(address, name, value ?? "", minutes ? now_ms + minutes * 60_000 : undefined).then(props.onSent, (error: unknown) => { props.onFault(asFault(error)); setSure(false); setBusy(false); });
  };
  const change = <>{said(present, command.unit)} <span aria-hidden="true">→</span> <b>{said(value, command.unit)}</b></>;
  return (
    <>
      <Facts {...props} />
      {sure ? <p className="station-change" role="alert">{change}</p> : offer.choices.length ? (
        <div className="picks">{offer.choices.map((each) => <button key={each} type="button" aria-pressed={text === each} className={text === each ? "hint" : ""} onClick={() => setText(each)}>{label(command.choices?.[each], each)}</button>)}</div>
      ) : (
        <>
          <Field label={t("station.new_value", { unit: unit(command.unit) })}><input inputMode="decimal" value={text} autoFocus onChange={(event) => setText(event.target.value)} aria-invalid={outside} /></Field>
          {typeof value === "number" ? <ValueInRange label={t("station.allowed")} value={value} text={said(value, command.unit)} range={[offer.range[0] ?? undefined, offer.range[1] ?? undefined]} limits={{ low, high }} target={typeof present === "number" ? present : undefined} targetText={t("station.target_is_present")} /> : null}
        </>
      )}
      {offer.can_undo && !sure ? (
        <div><small>{t("station.take_back")}</small><div className="row">{MINUTES.map((each) => <button key={each} type="button" aria-pressed={minutes === each} className={minutes === each ? "station-on" : ""} onClick={() => setMinutes(each)}>{each ? shortly(each) : t("station.stays")}</button>)}</div></div>
      ) : null}
      {sure ? <p className="quiet">{t("station.once")} {minutes ? t("station.taken_back_after", { span: shortly(minutes) }) : ""}</p> : null}
      {props.fault ? <FaultNote fault={props.fault} /> : null}
      <footer>
        <button type="button" onClick={sure ? () => setSure(false) : props.onClose}>{t(sure ? "back" : "cancel")}</button>
        {sure ? <button type="button" className="main" disabled={busy} onClick={send}>{busy ? t("busy") : t("station.send", { value: said(value, command.unit) })}</button>
          : <button type="button" className="main" disabled={value === undefined || outside || value === present} onClick={() => setSure(true)}>{t("station.check")}</button>}
      </footer>
      {outside ? <small role="alert">{t("station.outside", { low: number(low), high: number(high) })}</small> : null}
    </>
  );
}

/** A round time in one unit. */
const shortly = (minutes: number): string => (minutes < 60 ? t("trend.span.min", { n: minutes }) : t("trend.span.h", { n: minutes / 60 }));

/** From granted to read back, in words; it ends by itself. */
function Follow({ first, unitName, onClose }: { first: Sent; unitName: string | undefined; onClose: () => void }) {
  const [sent, setSent] = useState(first);
  const [late, setLate] = useState(false);
  const done = sent.outcome !== null && sent.outcome !== "written";
  useEffect(() => {
    if (done || late) return;
    const began = Date.now();
    const timer = setInterval(() => {
      commandOutcome(first.id).then(setSent, () => undefined);
      if (Date.now() - began > WAIT_MS) setLate(true);
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [first.id, done, late]);
  const good = sent.outcome === "confirmed" || sent.outcome === "undone";
  const steps = [t("station.step.granted"), t("station.step.sent"), t("station.step.read_back")];
  const at = done ? 3 : sent.outcome === "written" ? 2 : 1;
  return (
    <>
      <ol className="station-steps" aria-live="polite">{steps.map((each, i) => <li key={each} className={i < at ? "done" : ""}>{i < at ? (done && !good && i === 2 ? "✕" : "✓") : "…"} {each}</li>)}</ol>
      {done ? <p><Tag kind={good ? "good" : "high"}>{word("outcome_of", sent.outcome ?? "")}</Tag></p> : <Busy>{late ? t("station.no_outcome") : undefined}</Busy>}
      <dl className="facts-list">
        <dt>{t("station.sent")}</dt><dd className="num"><b>{said(sent.value, unitName)}</b></dd>
        {sent.before !== undefined && sent.before !== null ? <><dt>{t("station.before")}</dt><dd className="num">{said(sent.before, unitName)}</dd></> : null}
        {sent.after !== undefined && sent.after !== null ? <><dt>{t("station.after")}</dt><dd className="num"><b>{said(sent.after, unitName)}</b></dd></> : null}
        {sent.explanation ? <><dt>{t("station.why")}</dt><dd>{sentence(sent.explanation)}</dd></> : null}
      </dl>
      <footer><button type="button" className="main" onClick={onClose}>{t("close")}</button></footer>
    </>
  );
}

