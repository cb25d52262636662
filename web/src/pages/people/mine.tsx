// What everybody sets for themselves: language, numbers, zone, colours.
import { browserZone, readAs, reading, serverNow, signOut, usePlant, useSession, useTick } from "../../data";
import { Card, chooseTheme, chosenTheme, Field, Segments, useTheme, type Theme } from "../../kit";
import { dayAndTime, LANGUAGES, money, number, quantity, spoken, t, word, type Language } from "../../words";

const LOCALES = ["en-US", "es-MX", "fr-CA", "zh-CN", "en-CA", "en-GB", "de-DE"];

export function Mine() {
  const view = useSession().view;
  const plant = usePlant().value;
  useTheme();
  useTick(1000);
  const mine = reading();
  const site = plant?.sites?.[plant.site];
  const roles = Object.entries(view?.roles ?? {});
  return (
    <div className="people-two">
      <Card title={t("people.reading")}>
        <Field label={t("mine.language")}>
          <select value={spoken()} onChange={(event) => void readAs({ language: event.target.value as Language })}>
            {Object.entries(LANGUAGES).map(([name, said]) => <option key={name} value={name}>{said}</option>)}
          </select>
        </Field>
        <Field label={t("mine.locale")}>
          <select value={mine.locale ?? ""} onChange={(event) => void readAs({ locale: event.target.value }).then(() => location.reload())}>
            <option value="">{t("mine.locale.language")}</option>
            {LOCALES.map((name) => <option key={name} value={name}>{localeWords(name)}</option>)}
          </select>
        </Field>
        <div><small>{t("mine.zone")}</small><br />
          <Segments label={t("mine.zone")} value={mine.zone ?? "site"} onChoose={(wanted) => void readAs({ zone: wanted }).then(() => location.reload())}
            choices={[["site", t("mine.zone.site")], ["mine", t("mine.zone.mine")]]} /> <small>{mine.zone === "mine" ? browserZone() : site?.timezone}</small></div>
        <div><small>{t("mine.theme")}</small><br />
          <Segments<Theme> label={t("mine.theme")} value={chosenTheme()} onChoose={chooseTheme} choices={[["system", t("theme.system")], ["light", t("theme.light")], ["dark", t("theme.dark")]]} /></div>
        <p className="people-example num"><small>{t("people.example")}</small> {number(12345.6, 1)} · {quantity(21.37, "degC")} · {dayAndTime(serverNow())} · {money(1250, site?.currency ?? "USD")}</p>
        <small>{t("people.units")}</small>
      </Card>
      <Card title={view?.name || view?.person || t("mine.nobody")}>
        <dl className="facts-list">
          <dt>{t("entry.person")}</dt><dd><code>{view?.person || "–"}</code></dd>
          <dt>{t("people.roles")}</dt><dd>{roles.length ? roles.map(([at, role]) => <div key={at}><b>{word("role_of", role)}</b> <small>{at === "*" ? t("people.all_sites") : at}</small></div>) : "–"}</dd>
        </dl>
        <h3>{t("people.may")}</h3>
        <ul className="people-may">{(view?.may ?? []).map((each) => <li key={each}>{word("may", each)}</li>)}</ul>
        <div><button type="button" onClick={() => void signOut()}>{t("sign_out")}</button></div>
      </Card>
    </div>
  );
}

/** A locale in its own words. */
function localeWords(name: string): string {
  return `${new Intl.DisplayNames([name], { type: "language" }).of(name) ?? name} · ${new Intl.NumberFormat(name).format(12345.6)}`;
}
