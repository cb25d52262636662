// How one reads, what one may; and for an admin: who may sign in, in which role, by which link.
import { useMay, useQuery } from "../../data";
import { Page } from "../../kit";
import { t, type Key } from "../../words";
import { Mine } from "./mine";
import { Everyone } from "./everyone";
import { Programs } from "./programs";
import { Roles } from "./roles";
import "./people.css";

export default function People(_: { address: string }) {
  const may = { people: useMay("people"), programs: useMay("tokens") };
  const tabs = (["mine", "people", "programs", "roles"] as const).filter((each) => (each !== "people" && each !== "programs") || may[each]);
  const [name, setTab] = useQuery("tab", "mine");
  const tab = tabs.find((each) => each === name) ?? "mine";
  return (
    <Page title={t("people.title")} aside={
      <div className="segments" role="group" aria-label={t("people.title")}>
        {tabs.map((each) => <button key={each} type="button" aria-pressed={each === tab} onClick={() => setTab(each)}>{t(`people.tab.${each}` as Key)}</button>)}
      </div>
    }>
      {tab === "people" ? <Everyone /> : tab === "programs" ? <Programs /> : tab === "roles" ? <Roles /> : <Mine />}
    </Page>
  );
}
