/** What the reader chooses for himself; in force at once, kept on the server. Fetched when it is first opened. */
import { mouseOf, PROFILES } from "../view/keyProfiles";
import { problemWords } from "../view/problemWords";
import type { AppState } from "../view/viewState";
import type { MouseTool, Preferences } from "../wire/preferences";
import { LANGUAGES } from "../words/catalogue";
import { t } from "../words/words";
import type { PanelProps } from "./ports";
import { KeySettings } from "./settingsKeys";

/** Each in its own language: whoever cannot read this page finds his own. */
const OWN_NAMES: Readonly<Record<(typeof LANGUAGES)[number], string>> = { en: "English", es: "Español", fr: "Français", de: "Deutsch" };
const MOUSE_TOOLS: readonly MouseTool[] = ["windowLevel", "scroll", "pan", "zoom"];
const CHROMES = ["dark", "light", "system"] as const;
const OVERLAYS = ["full", "minimum", "none"] as const;

export function Settings({ state, ports }: PanelProps) {
  const { preferences } = state;
  const change = (change: Partial<Preferences>): void => { ports.prefer((now) => ({ ...now, ...change })); };
  return (
    <div class="settings">
      <Kept state={state} />
      <fieldset>
        <legend>{t("settings.general")}</legend>
        <Choice label={t("settings.language")} name="language" value={preferences.language} options={[["", t("settings.languageOfBrowser")], ...LANGUAGES.map((one) => [one, OWN_NAMES[one]] as const)]} choose={(language) => { change({ language }); }} />
        <Choice label={t("settings.chrome")} name="chrome" value={preferences.chrome} options={CHROMES.map((one) => [one, t(`settings.chrome.${one}`)] as const)} choose={(chrome) => { change({ chrome }); }} />
        <Choice label={t("settings.overlays")} name="overlays" value={preferences.overlays} options={OVERLAYS.map((one) => [one, t(`settings.overlays.${one}`)] as const)} choose={(overlays) => { change({ overlays }); }} />
      </fieldset>
      <fieldset>
        <legend>{t("settings.keys")}</legend>
        <Choice label={t("settings.profile")} name="profile" value={preferences.profile} options={PROFILES.map((one) => [one, t(`profile.${one}`)] as const)} choose={(profile) => { change({ profile }); }} />
        <p class="quiet">{t("settings.profileNote")}</p>
        <label class="setting-check">
          <input type="checkbox" name="singleKeys" checked={preferences.singleKeys} onChange={({ currentTarget }) => { change({ singleKeys: currentTarget.checked }); }} />
          <span>{t("settings.singleKeys")}</span>
        </label>
        <p class="quiet">{t("settings.singleKeysNote")}</p>
      </fieldset>
      <MouseSettings preferences={preferences} change={change} />
      <KeySettings preferences={preferences} prefer={ports.prefer} />
    </div>
  );
}

/** For how long it is kept, or why it is not. */
function Kept({ state: { keeping } }: { readonly state: AppState }) {
  switch (keeping.kind) {
    case "underWay":
      return <p class="quiet settings-kept" role="status" data-keeping="underWay">{t("settings.keeping")}</p>;
    case "failed":
      return <p class="tone-warning settings-kept" role="status" data-keeping="failed">{t("settings.notKept", { reason: problemWords(keeping.problem).title })}</p>;
    case "kept":
      return <p class="quiet settings-kept" role="status" data-keeping={keeping.for}>{keeping.for === "user" ? t("settings.keptForUser") : t("settings.keptForReading")}</p>;
  }
}

interface ChangeProps {
  readonly preferences: Preferences;
  readonly change: (change: Partial<Preferences>) => void;
}

function MouseSettings({ preferences, change }: ChangeProps) {
  const { startTool, mouse } = preferences;
  const its = mouseOf({ ...preferences, startTool: "", mouse: { middle: "", right: "" } });
  const options = (button: keyof typeof its) => [
    ["", t("settings.ofProfile", { tool: t(`mouse.${its[button]}`) })] as const,
    ...MOUSE_TOOLS.map((tool) => [tool, t(`mouse.${tool}`)] as const),
  ];
  return (
    <fieldset>
      <legend>{t("settings.mouse")}</legend>
      <Choice label={t("settings.startTool")} name="startTool" value={startTool} options={options("left")} choose={(tool) => { change({ startTool: tool }); }} />
      <Choice label={t("mouse.middleDrag")} name="middle" value={mouse.middle} options={options("middle")} choose={(middle) => { change({ mouse: { ...mouse, middle } }); }} />
      <Choice label={t("mouse.rightDrag")} name="right" value={mouse.right} options={options("right")} choose={(right) => { change({ mouse: { ...mouse, right } }); }} />
    </fieldset>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly name: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, text: string])[];
  readonly choose: (value: Value) => void;
}

function Choice<Value extends string>({ label, name, value, options, choose }: ChoiceProps<Value>) {
  const chosen = (text: string): void => {
    const option = options.find(([one]) => one === text);
    if (option !== undefined) choose(option[0]);
  };
  return (
    <label class="setting">
      <span>{label}</span>
      <select class="menu" name={name} value={value} onChange={({ currentTarget }) => { chosen(currentTarget.value); }}>
        {options.map(([one, text]) => <option key={one} value={one}>{text}</option>)}
      </select>
    </label>
  );
}
