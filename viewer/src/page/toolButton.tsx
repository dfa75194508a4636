/** The parts of the tool row. */
import type { ComponentChildren } from "preact";
import type { IconName } from "./icons";
import { Icon } from "./icons";

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
  readonly act: () => void;
}

export function Button({ icon, label, pressed, expanded, disabled = false, act }: ButtonProps) {
  return (
    <button type="button" class="tool" aria-label={label} title={label} aria-pressed={pressed} aria-expanded={expanded} disabled={disabled} onClick={act}>
      <Icon name={icon} />
    </button>
  );
}
