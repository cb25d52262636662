// Other programs that read here: their tokens, made and revoked by an admin.
import { useState, type FormEvent } from "react";
import { act, asFault, useAsked, type Fault } from "../../data";
import type { TokenMadeView, TokensView, TokenView } from "../../contract/views";
import { Busy, Card, CopyButton, Dialog, Empty, FaultNote, Field, Sure, Table, Tag, toast } from "../../kit";
import { dayAndTime, isoDay, t, word } from "../../words";

type Row = readonly [id: string, token: TokenView];

/** Choices of how long a token holds, days. */
const DAYS = [30, 90, 365, 730] as const;

export function Programs() {
  const found = useAsked<TokensView>("/api/tokens");
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<{ name: string; token: string }>();
  const [ending, setEnding] = useState<Row>();
  const rows: Row[] = Object.entries(found.value?.tokens ?? {});
  const failed = (error: unknown) => toast(asFault(error).what, { bad: true });
  return (
    <Card title={t("people.tab.programs")} aside={<button type="button" className="main" onClick={() => setAdding(true)}>{t("tokens.add")}</button>}>
      {found.fault ? <FaultNote fault={found.fault} onAgain={found.again} /> : !found.value ? <Busy /> : (
        <Table<Row> caption={t("people.tab.programs")} rows={rows} id={([id]) => id} first={{ name: "name", down: false }} empty={<Empty hint={t("tokens.none.hint")}>{t("tokens.none")}</Empty>}
          columns={[
            { name: "name", title: t("tokens.name"), by: ([, token]) => token.name, show: ([id, token]) => <><b>{token.name}</b><br /><small><code>{id}</code></small></> },
            { name: "scopes", title: t("tokens.scopes"), by: ([, token]) => token.scopes.join(), show: ([, token]) => token.scopes.map((each) => <div key={each}>{word("scope", each)}</div>) },
            { name: "by", title: t("tokens.by"), by: ([, token]) => token.by_name || token.made_by, show: ([, token]) => <>{token.by_name || token.made_by}<br /><small className="num">{isoDay(token.made_ms)}</small></> },
            { name: "used", title: t("tokens.used"), by: ([, token]) => token.used_ms, show: ([, token]) => token.used_ms === undefined ? t("tokens.never") : <span className="num">{dayAndTime(token.used_ms)}<br /><small>{token.used_from}</small></span> },
            { name: "until", title: t("tokens.until"), by: ([, token]) => token.until_ms, show: ([, token]) => <span className="num">{isoDay(token.until_ms)} {token.ended ? <Tag kind="medium">{t("tokens.ended")}</Tag> : null}</span> },
            { name: "acts", title: "", show: (row) => <button type="button" onClick={() => setEnding(row)} aria-label={t("tokens.revoke.of", { name: row[1].name })}>{t("tokens.revoke")}</button> },
          ]} />
      )}
      {adding ? <Adding onClose={() => setAdding(false)} onMade={(one) => { setAdding(false); setMade(one); found.again(); }} /> : null}
      {made ? (
        <Dialog title={t("tokens.made", { name: made.name })} onClose={() => setMade(undefined)}>
          <p>{t("tokens.made.text")}</p>
          <p className="people-link"><code>{made.token}</code><CopyButton text={made.token} of={t("tokens.token")} /></p>
          <footer><button type="button" className="main" onClick={() => setMade(undefined)}>{t("close")}</button></footer>
        </Dialog>
      ) : null}
      {ending ? <Sure title={t("tokens.revoke.of", { name: ending[1].name })} danger yes={t("tokens.revoke")} onNo={() => setEnding(undefined)}
        onYes={() => { void act("DELETE", `/api/tokens/${encodeURIComponent(ending[0])}`).then(found.again, failed); setEnding(undefined); }}><p>{t("tokens.revoke.text")}</p></Sure> : null}
    </Card>
  );
}

function Adding({ onClose, onMade }: { onClose: () => void; onMade: (made: { name: string; token: string }) => void }) {
  const [fault, setFault] = useState<Fault>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const name = String(values.get("name")).trim();
    act<TokenMadeView>("POST", "/api/tokens", { name, scopes: values.getAll("scope").map(String), days: Number(values.get("days")) })
      .then((made) => onMade({ name, token: made.token }), (error: unknown) => setFault(asFault(error)));
  };
  return (
    <Dialog title={t("tokens.add")} onClose={onClose}>
      <form className="grid" onSubmit={submit}>
        <Field label={t("tokens.name")}><input name="name" required autoFocus maxLength={64} placeholder="prometheus" autoCapitalize="none" spellCheck={false} autoComplete="off" /></Field>
        <fieldset className="people-scopes"><legend>{t("tokens.scopes")}</legend>
          {(["metrics", "grafana", "sites"] as const).map((each) => <label key={each}><input type="checkbox" name="scope" value={each} /> {word("scope", each)}</label>)}
        </fieldset>
        <Field label={t("tokens.days")}><select name="days" defaultValue="365">{DAYS.map((n) => <option key={n} value={n}>{t("tokens.n_days", { n })}</option>)}</select></Field>
        {fault ? <FaultNote fault={fault} /> : null}
        <footer><button type="button" onClick={onClose}>{t("cancel")}</button><button type="submit" className="main">{t("tokens.make")}</button></footer>
      </form>
    </Dialog>
  );
}
