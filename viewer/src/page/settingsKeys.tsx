/** The keymap, to be changed: every action with its keys; a key may be taken away, and none is given twice. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ActionId, Chord, KeyGroup } from "../view/keyNames";
import { KEY_GROUPS } from "../view/keyNames";
import { actionName, asInProfile, chordOf, chordsFor, chordText, conflictOf, isModifier, isReserved, isSingleCharacter, withChord, withoutChord } from "../view/keys";
import type { Preferences } from "../wire/preferences";
import { t } from "../words/words";
import { Icon } from "./icons";

interface KeySettingsProps {
  readonly preferences: Preferences;
  readonly prefer: (change: (preferences: Preferences) => Preferences) => void;
}

/** A key that somebody else has: the reader decides. */
interface Wanted {
  readonly id: ActionId;
  readonly chord: Chord;
  readonly other: ActionId;
}

export function KeySettings({ preferences, prefer }: KeySettingsProps) {
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [listening, setListening] = useState<ActionId | null>(null);
  const [said, setSaid] = useState("");
  const [search, setSearch] = useState("");

  function give(id: ActionId, chord: Chord): void {
    prefer((now) => withChord(now, id, chord));
    setWanted(null);
    setSaid(t("settings.assigned", { key: chordText(chord), action: actionName(id) }));
  }

  function pressed(id: ActionId, chord: Chord): void {
    setListening(null);
    if (isReserved(chord)) {
      setSaid(t("settings.reserved", { key: chordText(chord) }));
      return;
    }
    const other = conflictOf(preferences, id, chord);
    if (other === null) give(id, chord);
    else setWanted({ id, chord, other });
  }

  function remove(id: ActionId, chord: Chord): void {
    prefer((now) => withoutChord(now, id, chord));
    setSaid(t("settings.removed", { key: chordText(chord), action: actionName(id) }));
  }

  const row = (id: ActionId) => (
    <KeyRow
      key={id}
      id={id}
      preferences={preferences}
      listening={listening === id}
      listen={() => {
        setWanted(null);
        setSaid("");
        setListening(id);
      }}
      pressed={(chord) => { pressed(id, chord); }}
      leave={() => { setListening(null); }}
      remove={(chord) => { remove(id, chord); }}
      restore={() => { prefer((now) => asInProfile(now, id)); }}
    />
  );
  const groups = found(preferences, search);
  return (
    <section class="settings-keys" aria-label={t("settings.keys")}>
      <input type="search" class="field" aria-label={t("settings.find")} placeholder={t("settings.find")} value={search} onInput={({ currentTarget }) => { setSearch(currentTarget.value); }} />
      <p class="settings-said" role="status">{said}</p>
      {wanted !== null && <Conflict wanted={wanted} give={() => { give(wanted.id, wanted.chord); }} leave={() => { setWanted(null); }} />}
      {groups.length === 0 && <p class="quiet">{t("settings.nothingFound")}</p>}
      {groups.map(([group, ids]) => (
        <div key={group} class="pane-section" role="group" aria-label={t(`keyGroup.${group}`)}>
          <h3>{t(`keyGroup.${group}`)}</h3>
          <ul class="key-rows">{ids.map(row)}</ul>
        </div>
      ))}
      <button type="button" class="button" disabled={Object.keys(preferences.keys).length === 0} onClick={() => { prefer((now) => ({ ...now, keys: {} })); }}>{t("settings.allAsProfile")}</button>
    </section>
  );
}

/** By the action's name, or by one of its keys. */
function found(preferences: Preferences, search: string): readonly (readonly [KeyGroup, readonly ActionId[]])[] {
  const words = search.trim().toLowerCase();
  const matches = (id: ActionId): boolean => {
    return actionName(id).toLowerCase().includes(words) || chordsFor(preferences, id).some((chord) => chordText(chord).toLowerCase() === words);
  };
  return (Object.keys(KEY_GROUPS) as KeyGroup[]).map((group) => [group, KEY_GROUPS[group].filter(matches)] as const).filter(([, ids]) => ids.length > 0);
}

/** Focus goes to the answer that changes nothing. */
function Conflict({ wanted, give, leave }: { readonly wanted: Wanted; readonly give: () => void; readonly leave: () => void }) {
  const safe = useRef<HTMLButtonElement>(null);
  useEffect(() => { safe.current?.focus(); }, [wanted]);
  const { id, chord, other } = wanted;
  const text = t("settings.conflict", { key: chordText(chord), other: actionName(other), action: actionName(id) });
  return (
    <div class="conflict" role="alertdialog" aria-label={text} data-conflict={other}>
      <p><Icon name="warning" />{text}</p>
      <button type="button" class="button" data-do="give" onClick={give}>{t("settings.take")}</button>
      <button type="button" class="button" data-do="leave" ref={safe} onClick={leave}>{t("settings.leave")}</button>
    </div>
  );
}

interface KeyRowProps {
  readonly id: ActionId;
  readonly preferences: Preferences;
  readonly listening: boolean;
  readonly listen: () => void;
  readonly pressed: (chord: Chord) => void;
  readonly leave: () => void;
  readonly remove: (chord: Chord) => void;
  readonly restore: () => void;
}

function KeyRow({ id, preferences, listening, listen, pressed, leave, remove, restore }: KeyRowProps) {
  const action = actionName(id);
  const chords = chordsFor(preferences, id);
  const off = (chord: Chord): boolean => !preferences.singleKeys && isSingleCharacter(chord);
  return (
    <li class="key-row" data-action={id}>
      <span class="key-name">{action}</span>
      <span class="key-chords">
        {chords.map((chord) => (
          <button key={chord} type="button" class="key-chip" data-off={off(chord)} aria-label={t("settings.remove", { key: chordText(chord), action })} title={t("settings.remove", { key: chordText(chord), action })} onClick={() => { remove(chord); }}>
            <kbd>{chordText(chord)}</kbd>{off(chord) && <span class="quiet">{t("settings.switchedOff")}</span>}<Icon name="close" />
          </button>
        ))}
        {chords.length === 0 && !listening && <span class="quiet">{t("help.noKey")}</span>}
        {listening
          ? <KeyListener action={action} pressed={pressed} leave={leave} />
          : <button type="button" class="button button-small" data-do="add" aria-label={t("settings.add", { action })} onClick={listen}>{t("settings.addSign")}</button>}
        {preferences.keys[id] !== undefined && (
          <button type="button" class="tool" data-do="restore" aria-label={t("settings.restore", { action })} title={t("settings.restore", { action })} onClick={restore}><Icon name="reset" /></button>
        )}
      </span>
    </li>
  );
}

/** Takes the next press of keys for itself: neither the page nor the browser acts on it. */
function KeyListener({ action, pressed, leave }: { readonly action: string; readonly pressed: (chord: Chord) => void; readonly leave: () => void }) {
  const field = useRef<HTMLButtonElement>(null);
  useEffect(() => { field.current?.focus(); }, []);
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Tab") return; // the way out by keyboard
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") leave();
    else if (!isModifier(event.key)) pressed(chordOf({ key: event.key, shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey, alt: event.altKey }));
  };
  return (
    <button type="button" class="button button-small key-listener" ref={field} onKeyDown={onKey} onBlur={leave}>
      {t("settings.pressSign")}<span class="unseen"> {t("settings.press", { action })}</span>
    </button>
  );
}
