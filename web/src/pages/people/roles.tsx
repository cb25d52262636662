// Which role may do what: the table that the server itself uses.
import { useAsked, useSession } from "../../data";
import type { PermissionView } from "../../contract/views";
import { Busy, Card, FaultNote, Scrolled } from "../../kit";
import { t, word } from "../../words";

export const ROLES = ["operator", "supervisor", "engineer", "quality", "manager", "admin"] as const;

/** Roles by permission, in the order in which more and more roles are needed. */
export function matrixOf(rows: readonly PermissionView[]): (readonly [permission: string, roles: readonly string[], routes: readonly string[]])[] {
  const made = new Map<string, { roles: readonly string[]; routes: string[] }>();
  for (const row of rows) {
    if (!row.permission) continue;
    const one = made.get(row.permission) ?? { roles: row.roles, routes: [] };
    one.routes.push(`${row.method} ${row.path}`);
    made.set(row.permission, one);
  }
  return [...made].map(([name, { roles, routes }]) => [name, roles, routes] as const).sort(([, one], [, other]) => other.length - one.length);
}

export function Roles() {
  const found = useAsked<PermissionView[]>("/api/permissions");
  const mine = new Set(Object.values(useSession().view?.roles ?? {}));
  return (
    <Card title={t("people.tab.roles")}>
      {found.fault ? <FaultNote fault={found.fault} onAgain={found.again} /> : !found.value ? <Busy /> : (
        <Scrolled name={t("people.tab.roles")}>
          <table className="list people-matrix">
            <caption className="read-only">{t("people.tab.roles")}</caption>
            <thead><tr><th scope="col"><span>{t("people.may")}</span></th>{ROLES.map((role) => <th key={role} scope="col" className={mine.has(role) ? "mine" : ""}><span>{word("role_of", role)}</span></th>)}</tr></thead>
            <tbody>{matrixOf(found.value).map(([name, roles, routes]) => (
              <tr key={name} title={routes.join("\n")}>
                <th scope="row">{word("may", name)}</th>
                {ROLES.map((role) => <td key={role} className={[mine.has(role) ? "mine" : "", roles.includes(role) ? "may" : "may-not"].join(" ").trim()} data-title={word("role_of", role)}>{roles.includes(role) ? <><span aria-hidden="true">✓</span><span className="read-only">{t("alarms.yes")}</span></> : <><span className="quiet" aria-hidden="true">–</span><span className="read-only">{t("no")}</span></>}</td>)}
              </tr>
            ))}</tbody>
          </table>
        </Scrolled>
      )}
      <small>{t("people.matrix")}</small>
    </Card>
  );
}
