/** What was measured as a table for a screen reader: what the pictures say to the eye (ux.md 7). */
import { t } from "../words/words";
import type { PagePorts } from "./ports";

/** Off the screen, there while anything is measured. */
export function FindingsTable({ ports }: { readonly ports: PagePorts }) {
  const rows = ports.findings.value;
  if (rows.length === 0) return null;
  return (
    <div class="unseen" data-findings-table>
      <table>
        <caption>{t("measure.pane")}</caption>
        <thead>
          <tr>{(["name", "value", "source", "place"] as const).map((column) => <th scope="col">{t(`measure.column.${column}`)}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map(({ id, name, values, sources, place }) => (
            <tr key={id}>
              <th scope="row">{name}</th>
              <td>{values.map(({ text }) => text).join(", ")}</td>
              <td>{sources.join(", ")}</td>
              <td>{place}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
