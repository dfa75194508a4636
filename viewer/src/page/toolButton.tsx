/** The parts of the tool row. */
import type { ComponentChildren } from "preact";
import type { ActionId } from "../view/keyNames";
import { keyText } from "../view/keys";
import type { AppState } from "../view/viewState";
import { t } from "../words/words";
import type { IconName } from "./icons";
import { Icon } from "./icons";
import type { PanelProps } from "./ports";

export function Group({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return <div class="tool-group" role="group" aria-label={name}>{children}</div>;
}

export interface ButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly pressed?: boolean | undefined;
  /** Set where it opens a list or a pane. */
  readonly expanded?: boolean;
  readonly disabled?: boolean;
  /** Stable, for tests. */
  readonly tool?: string;
  readonly act: () => void;
}

export function Button({ icon, label, pressed, expanded, disabled = false, tool, act }: ButtonProps) {
  return (
    <button type="button" class="tool" data-tool={tool} aria-label={label} title={label} aria-pressed={pressed} aria-expanded={expanded} disabled={disabled} onClick={act}>
      <Icon name={icon} />
    </button>
  );
}

/** "Invert (i)"; without brackets where it has no key. */
export function withKeys(state: AppState, label: string, id: ActionId): string {
  const keys = keyText(state.preferences, id);
  return keys === "" ? label : `${label} (${keys})`;
}

interface DoProps extends PanelProps {
  readonly id: ActionId;
  readonly icon: IconName;
  readonly pressed?: boolean | undefined;
}

/** A button that does what a key does, and says which. */
export function Do({ state, ports, id, icon, pressed }: DoProps) {
  return <Button icon={icon} tool={id} label={withKeys(state, t(`key.${id}`), id)} pressed={pressed} act={() => { ports.press(id); }} />;
}
