// How a person is called: records keep ids, the plant has the names of those who did something, and
// a page says "you" to the one who reads it.
import { t } from "../words";
import { usePlant } from "./plant";
import { useSession } from "./session";

/** Words for the id of a person, of a machine or of what was inferred. */
export function whoWords(id: string | undefined, me: string | undefined, names: Record<string, string> = {}): string {
  if (!id) return "";
  if (id === me) return t("by.you");
  if (id === "machine" || id === "inferred" || id === "person") return t(`by.${id}`);
  return names[id] ?? t("by.unnamed", { id });
}

export function useWho(): (id: string | undefined) => string {
  const me = useSession().view?.person;
  const names = usePlant().value?.names;
  return (id) => whoWords(id, me, names);
}
