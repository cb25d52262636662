// Before anything else: who is there. Sign-in, the first person, a link for a new password.
import { useState, type FormEvent, type ReactNode } from "react";
import { asFault, first, readAs, signIn, takeLink, useSession, type Fault } from "../data";
import { Card, FaultNote, Field } from "../kit";
import { LANGUAGES, spoken, t, type Language } from "../words";

const LETTERS_MIN = 12; // the server asks for as many

function Door({ title, hint, children, onSubmit }: { title: string; hint?: ReactNode; children: ReactNode; onSubmit: (values: FormData) => Promise<void> }) {
  const [fault, setFault] = useState<Fault>();
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setFault(undefined);
    onSubmit(new FormData(event.currentTarget)).catch((error: unknown) => setFault(asFault(error))).finally(() => setBusy(false));
  };
  return (
    <main className="door" id="main">
      <Card title={title}>
        {hint ? <p className="quiet">{hint}</p> : null}
        <form className="grid" onSubmit={submit}>
          {children}
          {fault ? <FaultNote fault={fault} /> : null}
          <button type="submit" className="main" disabled={busy}>{busy ? t("busy") : title}</button>
        </form>
        <select aria-label={t("mine.language")} value={spoken()} onChange={(event) => void readAs({ language: event.target.value as Language })}>
          {Object.entries(LANGUAGES).map(([name, said]) => <option key={name} value={name}>{said}</option>)}
        </select>
      </Card>
    </main>
  );
}

const text = (values: FormData, name: string): string => String(values.get(name) ?? "");

function NewPassword() {
  return <Field label={t("entry.new_password", { n: LETTERS_MIN })}><input name="password" type="password" autoComplete="new-password" minLength={LETTERS_MIN} maxLength={200} required /></Field>;
}

/** Sign in with person and password, or by the sign-in service where the site has one. */
export function SignIn() {
  const view = useSession().view;
  return (
    <Door title={t("sign_in")} hint={view?.first_run ? t("entry.first_run") : t("entry.key_hint")} onSubmit={(values) => signIn(text(values, "person").trim(), text(values, "password"))}>
      {view?.oidc ? <a className="button" href="/api/oidc/begin" target="_self">{t("entry.oidc", { name: view.oidc })}</a> : null}
      <Field label={t("entry.person")}><input name="person" autoComplete="username" autoCapitalize="none" spellCheck={false} required autoFocus maxLength={200} /></Field>
      <Field label={t("entry.password")}><input name="password" type="password" autoComplete="current-password" required maxLength={200} /></Field>
    </Door>
  );
}

/** The first person of a new site. */
export function FirstPerson({ token }: { token: string }) {
  return (
    <Door title={t("entry.first")} hint={t("entry.first.hint")} onSubmit={(values) => first({ token, person: text(values, "person").trim(), name: text(values, "name").trim(), password: text(values, "password") })}>
      <Field label={t("entry.person")}><input name="person" autoComplete="username" autoCapitalize="none" required autoFocus maxLength={64} /></Field>
      <Field label={t("entry.name")}><input name="name" autoComplete="name" required maxLength={200} /></Field>
      <NewPassword />
    </Door>
  );
}

/** A link that somebody made for this person: choose a new password. */
export function ByLink({ token }: { token: string }) {
  return <Door title={t("entry.set_password")} onSubmit={(values) => takeLink(token, text(values, "password"))}><NewPassword /></Door>;
}
