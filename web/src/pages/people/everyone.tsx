// Everybody who may sign in: role, last seen, and what an admin does about it.
import { useState, type FormEvent } from "react";
import { act, asFault, useAsked, usePlant, useSession, type Fault } from "../../data";
import type { PeopleView, PersonView } from "../../contract/views";
import { Busy, Card, CopyButton, Dialog, Empty, FaultNote, Field, Sure, Table, Tag, toast } from "../../kit";
import { dayAndTime, label, t, word } from "../../words";
import { ROLES } from "./roles";

type Row = readonly [id: string, person: PersonView];

export function Everyone() {
  const found = useAsked<PeopleView>("/api/people");
  const me = useSession().view?.person;
  const [open, setOpen] = useState<Row>();
  const [adding, setAdding] = useState(false);
  const [link, setLink] = useState<{ name: string; url: string }>();
  const [roles, setRoles] = useState<Row>();
  const [erasing, setErasing] = useState<Row>();
  const failed = (error: unknown) => toast(asFault(error).what, { bad: true });
  const to = (id: string, body: object) => act("PUT", `/api/people/${encodeURIComponent(id)}`, body).then(found.again, failed);
  const linkOf = ([id, person]: Row) => act<{ link: string }>("POST", `/api/people/${encodeURIComponent(id)}/link`).then((made) => setLink({ name: person.name, url: location.origin + made.link }), failed);
  const rows: Row[] = Object.entries(found.value?.people ?? {});
  return (
    <Card title={t("people.tab.people")} aside={<button type="button" className="main" onClick={() => setAdding(true)}>{t("people.add")}</button>}>
      {found.fault ? <FaultNote fault={found.fault} onAgain={found.again} /> : !found.value ? <Busy /> : (
        <Table<Row> caption={t("people.tab.people")} rows={rows} id={([id]) => id} first={{ name: "name", down: false }} empty={<Empty>{t("people.none")}</Empty>}
          columns={[
            { name: "name", title: t("people.name"), by: ([, person]) => person.name, show: ([id, person]) => <><b>{person.name || t("people.erased")}</b>{id === me ? <small> {t("by.you")}</small> : null}<br /><small><code>{id}</code></small></> },
            { name: "roles", title: t("people.roles"), by: ([, person]) => Object.values(person.roles ?? {})[0], show: ([, person]) => <>{Object.entries(person.roles ?? {}).map(([at, role]) => <div key={at}>{word("role_of", role)} <small>{at === "*" ? t("people.all_sites") : at}</small></div>)}{person.disabled ? <Tag kind="medium">{t("people.disabled")}</Tag> : null}</> },
            { name: "seen", title: t("people.seen"), by: ([, person]) => person.seen_ms, show: ([, person]) => <span className="num">{person.seen_ms ? dayAndTime(person.seen_ms) : t("people.not_signed_in")}</span> },
            {
              name: "acts", title: "", show: (row) => (
                <button type="button" onClick={() => setOpen(row)} aria-label={t("people.acts", { name: row[1].name })}>⋯</button>
              ),
            },
          ]} />
      )}
      <small>{t("people.sessions_end")}</small>
      {open ? (
        <Dialog title={open[1].name || t("people.erased")} onClose={() => setOpen(undefined)}>
          <div className="picks" onClick={() => setOpen(undefined)}>
            <button type="button" onClick={() => setRoles(open)}>{t("people.change_roles")}</button>
            <button type="button" onClick={() => void linkOf(open)}>{t("people.link")}</button>
            {open[0] === me ? null : <button type="button" onClick={() => void to(open[0], { disabled: !open[1].disabled })}>{t(open[1].disabled ? "people.enable" : "people.disable")}</button>}
            {open[0] === me ? null : <button type="button" className="danger" onClick={() => setErasing(open)}>{t("people.erase")}</button>}
          </div>
        </Dialog>
      ) : null}
      {adding ? <Adding onClose={() => setAdding(false)} onMade={(made) => { setAdding(false); setLink(made); found.again(); }} /> : null}
      {link ? <OneLink {...link} onClose={() => setLink(undefined)} /> : null}
      {roles ? <Changing row={roles} onClose={() => setRoles(undefined)} onDone={() => { setRoles(undefined); found.again(); }} /> : null}
      {erasing ? <Sure title={t("people.erase.title", { name: erasing[1].name })} danger yes={t("people.erase")} onNo={() => setErasing(undefined)}
        onYes={() => { void act("DELETE", `/api/people/${encodeURIComponent(erasing[0])}`).then(found.again, failed); setErasing(undefined); }}><p>{t("people.erase.text")}</p></Sure> : null}
    </Card>
  );
}

/** A role and where it holds. */
function RoleField({ role, site }: { role?: string; site?: string }) {
  const plant = usePlant().value;
  return (
    <>
      <Field label={t("people.role")}><select name="role" defaultValue={role ?? "operator"}>{ROLES.map((name) => <option key={name} value={name}>{word("role_of", name)}</option>)}</select></Field>
      <Field label={t("people.where")}><select name="site" defaultValue={site ?? plant?.site}>
        {Object.entries(plant?.sites ?? {}).map(([name, each]) => <option key={name} value={name}>{label(each.label, name)}</option>)}
        <option value="*">{t("people.all_sites")}</option>
      </select></Field>
    </>
  );
}

const rolesOf = (values: FormData): Record<string, string> => ({ [String(values.get("site"))]: String(values.get("role")) });

function Adding({ onClose, onMade }: { onClose: () => void; onMade: (made: { name: string; url: string }) => void }) {
  const [fault, setFault] = useState<Fault>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    const name = String(values.get("name")).trim();
    act<{ link: string }>("POST", "/api/people", { person: String(values.get("person")).trim(), name, roles: rolesOf(values) })
      .then((made) => onMade({ name, url: location.origin + made.link }), (error: unknown) => setFault(asFault(error)));
  };
  return (
    <Dialog title={t("people.add")} onClose={onClose}>
      <form className="grid" onSubmit={submit}>
        <Field label={t("people.login")}><input name="person" required autoFocus maxLength={64} autoCapitalize="none" spellCheck={false} autoComplete="off" /></Field>
        <Field label={t("entry.name")}><input name="name" required maxLength={200} autoComplete="off" /></Field>
        <RoleField />
        {fault ? <FaultNote fault={fault} /> : null}
        <footer><button type="button" onClick={onClose}>{t("cancel")}</button><button type="submit" className="main">{t("people.add.yes")}</button></footer>
      </form>
    </Dialog>
  );
}

function Changing({ row: [id, person], onClose, onDone }: { row: Row; onClose: () => void; onDone: () => void }) {
  const [fault, setFault] = useState<Fault>();
  const [site, role] = Object.entries(person.roles ?? {})[0] ?? [];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const wanted = rolesOf(new FormData(event.currentTarget));
    const others = Object.fromEntries(Object.entries(person.roles ?? {}).filter(([at]) => at !== site));
    act("PUT", `/api/people/${encodeURIComponent(id)}`, { roles: { ...others, ...wanted } }).then(onDone, (error: unknown) => setFault(asFault(error)));
  };
  return (
    <Dialog title={t("people.change_roles.of", { name: person.name })} onClose={onClose}>
      <form className="grid" onSubmit={submit}>
        <RoleField role={role} site={site} />
        {fault ? <FaultNote fault={fault} /> : null}
        <footer><button type="button" onClick={onClose}>{t("cancel")}</button><button type="submit" className="main">{t("save")}</button></footer>
      </form>
    </Dialog>
  );
}

/** The link is shown once and is kept nowhere. */
function OneLink({ name, url, onClose }: { name: string; url: string; onClose: () => void }) {
  return (
    <Dialog title={t("people.link.of", { name })} onClose={onClose}>
      <p>{t("people.link.text")}</p>
      <p className="people-link"><code>{url}</code><CopyButton text={url} of={t("people.link")} /></p>
      <footer><button type="button" className="main" onClick={onClose}>{t("close")}</button></footer>
    </Dialog>
  );
}
