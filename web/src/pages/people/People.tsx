// How one reads, what one may; and for an admin: who may sign in, in which role, by which link.
import { useMay, useQuery } from "../../data";
import { Page } from "../../kit";
import { t, type Key } from "../../words";
import { Mine } from "./mine";
import { Everyone } from "./everyone";
import { Roles } from "./roles";
import "./people.css";

export default function People(_: { address: string }) {
  const may = useMay("people");
  const tabs = may ? (["mine", "people", "roles"] as const) : (["mine", "roles"] as const);
  const [name, setTab] = useQuery("tab", "mine");
  const tab = tabs.find((each) => each === name) ?? "mine";
  return (
    <Page title={t("people.title")} aside={
      <div className="segments" role="tablist" aria-label={t("people.title")}>
        {tabs.map((each) => <button key={each} type="button" role="tab" aria-selected={each === tab} aria-pressed={each === tab} onClick={() => setTab(each)}>{t(`people.tab.${each}` as Key)}</button>)}
      </div>
    }>
      {tab === "people" ? <Everyone /> : tab === "roles" ? <Roles /> : <Mine />}
    </Page>
  );
}
