/** Lists between tool row and images: they take room, and never cover an image. */
import type { ComponentChildren } from "preact";
import type { Notice } from "../wire/types";
import { t } from "../words/words";
import type { IconName } from "./icons";
import { Icon } from "./icons";
import type { PanelProps } from "./ports";

export function OpenDrawer({ state, ports }: PanelProps) {
  switch (state.drawer) {
    case "notices":
      return <Panel title={t("drawer.notices")} state={state} ports={ports}><Notices notices={state.plan.notices} /></Panel>;
    default: // nothing, or a pane at the right
      return null;
  }
}

interface PanelContents extends PanelProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

function Panel({ title, children, state, ports }: PanelContents) {
  return (
    <section class="drawer" aria-label={title} data-drawer={state.drawer}>
      <h2>{title}</h2>
      <div class="drawer-body" tabIndex={0} role="group" aria-label={title}>{children}</div>
      <button type="button" class="tool" aria-label={t("drawer.close")} title={t("drawer.close")} onClick={() => { ports.send({ kind: "drawer", drawer: null }); }}>
        <Icon name="close" />
      </button>
    </section>
  );
}

const LEVELS: Readonly<Record<Notice["level"], { readonly icon: IconName; readonly tone: string }>> = {
  blocked: { icon: "blocked", tone: "error" },
  warning: { icon: "warning", tone: "warning" },
  info: { icon: "bell", tone: "plain" },
};

function Notices({ notices }: { readonly notices: readonly Notice[] }) {
  return (
    <ul class="notices">
      {notices.map(({ level, text }) => (
        <li class="notice" data-level={level}>
          <span class={`notice-level tone-${LEVELS[level].tone}`}><Icon name={LEVELS[level].icon} />{t(`notice.${level}`)}</span>
          <span lang="en">{text}</span>
        </li>
      ))}
    </ul>
  );
}
