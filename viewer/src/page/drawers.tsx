/** Lists between tool row and images: they take room, and never cover an image. */
import type { ComponentChildren } from "preact";
import type { Notice } from "../wire/types";
import type { IconName } from "./icons";
import { Icon } from "./icons";
import type { PanelProps } from "./ports";

export function OpenDrawer({ state, ports }: PanelProps) {
  switch (state.drawer) {
    case "notices":
      return <Panel title="Notices" state={state} ports={ports}><Notices notices={state.plan.notices} /></Panel>;
    case "help":
      return <Panel title="Keys and mouse" state={state} ports={ports}><Help keys={ports.keysHelp} /></Panel>;
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
      <div class="drawer-body">{children}</div>
      <button type="button" class="tool" aria-label="Close this list" title="Close this list" onClick={() => { ports.send({ kind: "drawer", drawer: null }); }}>
        <Icon name="close" />
      </button>
    </section>
  );
}

const LEVELS: Readonly<Record<Notice["level"], { readonly icon: IconName; readonly tone: string; readonly word: string }>> = {
  blocked: { icon: "blocked", tone: "error", word: "Blocked" },
  warning: { icon: "warning", tone: "warning", word: "Warning" },
  info: { icon: "bell", tone: "plain", word: "Note" },
};

function Notices({ notices }: { readonly notices: readonly Notice[] }) {
  return (
    <ul class="notices">
      {notices.map(({ level, text }) => (
        <li class="notice" data-level={level}>
          <span class={`notice-level tone-${LEVELS[level].tone}`}><Icon name={LEVELS[level].icon} />{LEVELS[level].word}</span>
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}

const MOUSE = [
  ["Left drag", "The chosen tool"],
  ["Shift + left drag", "Window"],
  ["Middle drag", "Pan"],
  ["Right drag", "Zoom"],
  ["Wheel", "Scroll"],
  ["Ctrl + wheel", "Zoom"],
  ["Double-click", "One viewport, or all"],
  ["Esc", "Cancel a drag"],
] as const;

const SIGNS: Readonly<Record<string, string>> = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", PageUp: "page up", PageDown: "page down", " ": "space" };

function keySign(name: string): string {
  const parts = name.length > 1 ? name.split("+") : [name];
  return parts.map((part) => SIGNS[part] ?? part.toLowerCase()).join(" + ");
}

function Help({ keys }: { readonly keys: readonly { readonly keys: readonly string[]; readonly label: string }[] }) {
  const rows = [...MOUSE, ...keys.map(({ keys: names, label }) => [names.map(keySign).join(" or "), label] as const)];
  return <dl class="keys">{rows.map(([sign, label]) => <div><dt><kbd>{sign}</kbd></dt><dd>{label}</dd></div>)}</dl>;
}
