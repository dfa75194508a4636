/** Keys and mouse as they are mapped now, by what they are for. */
import { mouseOf } from "../view/keyProfiles";
import type { ActionId, KeyGroup } from "../view/keyNames";
import { KEY_GROUPS } from "../view/keyNames";
import { actionName, chordText, keymapOf } from "../view/keys";
import type { Preferences } from "../wire/preferences";
import { t } from "../words/words";
import type { PanelProps } from "./ports";

export function Help({ state, ports }: PanelProps) {
  const { preferences } = state;
  return (
    <div class="help">
      <p class="help-head">
        {Object.keys(preferences.keys).length > 0 && <span>{t("help.profile", { profile: t(`profile.${preferences.profile}`) })}</span>}
        {!preferences.singleKeys && <span class="tone-warning">{t("help.singleOff")}</span>}
        <button type="button" class="button button-small" onClick={() => { ports.send({ kind: "drawer", drawer: "settings" }); }}>{t("help.change")}</button>
      </p>
      <div class="help-groups">
        <Group name={t("help.mouse")}>{mouseRows(preferences)}</Group>
        {(Object.keys(KEY_GROUPS) as KeyGroup[]).map((group) => (
          <Group key={group} name={t(`keyGroup.${group}`)}>{KEY_GROUPS[group].map((id) => keyRow(preferences, id))}</Group>
        ))}
      </div>
    </div>
  );
}

interface Row {
  readonly signs: readonly string[];
  readonly label: string;
  /** The action, where a key does it. */
  readonly id?: ActionId;
}

function Group({ name, children }: { readonly name: string; readonly children: readonly Row[] }) {
  return (
    <div class="help-group" role="group" aria-label={name}>
      <h3>{name}</h3>
      <dl class="keys">
        {children.map(({ signs, label, id }) => (
          <div key={label} data-action={id}>
            <dt>{signs.length === 0 ? <span class="quiet">{t("help.noKey")}</span> : signs.map((sign) => <kbd key={sign}>{sign}</kbd>)}</dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function keyRow(preferences: Preferences, id: ActionId): Row {
  return { id, label: actionName(id), signs: keymapOf(preferences).byAction[id].map(chordText) };
}

/** Those that no profile changes stand beside those that it does. */
function mouseRows(preferences: Preferences): readonly Row[] {
  const mouse = mouseOf(preferences);
  const [shift, alt, ctrl] = [t("keySign.shift"), t("keySign.alt"), t("keySign.ctrl")];
  return [
    { signs: [t("mouse.leftDrag")], label: t("mouse.chosenTool") },
    { signs: [t("mouse.middleDrag")], label: t(`mouse.${mouse.middle}`) },
    { signs: [t("mouse.rightDrag")], label: t(`mouse.${mouse.right}`) },
    { signs: [t("mouse.bothDrag")], label: t("mouse.scroll") },
    { signs: [t("mouse.shiftDrag", { shift })], label: t("mouse.windowLevel") },
    { signs: [t("mouse.altDrag", { alt })], label: t("mouse.fastScroll") },
    { signs: [t("mouse.rightClick")], label: t("mouse.menu") },
    { signs: [t("mouse.wheel")], label: t("mouse.scroll") },
    { signs: [t("mouse.ctrlWheel", { ctrl })], label: t("mouse.zoom") },
    { signs: [t("mouse.doubleClick")], label: t("mouse.oneUp") },
    { signs: [t("mouse.escape")], label: t("mouse.cancel") },
  ];
}
