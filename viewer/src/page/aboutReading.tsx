/** At the right of the tool row: why it hangs so, how it was found, notices, settings, help. */
import type { AppState, Drawer } from "../view/viewState";
import { t } from "../words/words";
import { Icon } from "./icons";
import type { PanelProps } from "./ports";
import { Button, withKeys } from "./toolButton";

export function AboutReading({ state, ports }: PanelProps) {
  const { hanging, notices, trace } = state.plan;
  const toggle = (drawer: Drawer) => (): void => { ports.send({ kind: "drawer", drawer }); };
  return (
    <div class="tool-group tool-group-end" role="group" aria-label={t("about.label")}>
      {hanging.label !== "" && (
        <button type="button" class="tool tool-text tool-why" aria-expanded={state.drawer === "hanging"} title={t("about.why")} onClick={toggle("hanging")}>
          <Icon name="why" /><bdi class="tool-words">{hanging.label}</bdi>
        </button>
      )}
      {trace.length > 0 && <Button icon="trace" tool="trace" label={t("about.found")} expanded={state.drawer === "trace"} act={toggle("trace")} />}
      {notices.length > 0 && (
        <button type="button" class={`tool tool-text tool-notices tone-${noticeTone(state)}`} data-tool="notices" aria-label={t("about.notices", { count: notices.length })} title={t("about.notices", { count: notices.length })} aria-expanded={state.drawer === "notices"} onClick={toggle("notices")}>
          <Icon name="bell" /><span class="tool-count">{notices.length}</span>
        </button>
      )}
      <Button icon="settings" tool="settings" label={withKeys(state, t("key.settings"), "settings")} expanded={state.drawer === "settings"} act={toggle("settings")} />
      <Button icon="help" tool="help" label={withKeys(state, t("key.help"), "help")} expanded={state.drawer === "help"} act={toggle("help")} />
    </div>
  );
}

function noticeTone({ plan }: AppState): string {
  return plan.notices.some(({ level }) => level === "blocked") ? "error" : plan.notices.some(({ level }) => level === "warning") ? "warning" : "plain";
}
