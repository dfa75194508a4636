/** The words in the four corners and the letters at the four sides: never flipped with the image (H17). */
import type { ComponentChildren } from "preact";
import type { Badge } from "../view/fidelity";
import { badges } from "../view/fidelity";
import { isKeyImage } from "../view/keyImages";
import type { Corners, Line } from "../view/labels";
import { corners } from "../view/labels";
import { linkName } from "../view/link";
import { wordsAt } from "../view/overlayWords";
import { resolvedCell } from "../view/resolve";
import type { AppState } from "../view/viewState";
import { cellStatus, displaySetOf, loadOf } from "../view/viewState";
import { t } from "../words/words";
import { Icon, Ring } from "./icons";
import { ScaleBarMark } from "./marks";

export function Overlay({ index, state }: { readonly index: number; readonly state: AppState }) {
  const cell = state.cells[index];
  const set = displaySetOf(state, index);
  if (cell === undefined || set === undefined) return null;
  const resolved = resolvedCell(state, index);
  const all = resolved === null ? [] : badges(cell, set, resolved);
  const marks = state.words === "full" ? all : all.filter(({ tone }) => tone === "warning");
  const sides = resolved?.sides;
  const link = linkName(state, index);
  const said = wordsAt(state.words, withKeyMark(state, index, corners(cell, set, resolved)));
  return (
    <div class="overlay" data-words={state.words}>
      {placedCorners(said, cell.as.justify).map(([place, lines]) => (
        <Corner key={place} place={place} lines={lines} foot={place === badgePlace(cell.as.justify) ? <><Badges badges={marks} final={state.words === "full" && isFinal(state, index)} /><FirstPass index={index} state={state} /></> : null} />
      ))}
      {sides && Object.entries(sides).map(([side, letters]) => <span class={`side side-${side}`} data-side={side}>{String(letters)}</span>)}
      {link !== null && <span class="link-mark" title={t("link.mark")}><Icon name="link" />{link}</span>}
      <ScaleBarMark index={index} state={state} />
    </div>
  );
}

/** Unseen, and as tall as who it is says above: a card that stands below it covers none of it. */
export function WhoRoom({ index, state }: { readonly index: number; readonly state: AppState }) {
  const [cell, set] = [state.cells[index], displaySetOf(state, index)];
  if (cell === undefined || set === undefined) return null;
  const [first] = placedCorners(wordsAt(state.words, corners(cell, set, null)), cell.as.justify);
  return <div class="corner corner-top-left who-room" aria-hidden="true">{first?.[1].map(({ text, tone }) => <div class={`tone-${tone}`}>{words(text)}</div>)}</div>;
}

/** At every level of words: what is not saved must not look so. */
function withKeyMark(state: AppState, index: number, said: Corners): Corners {
  const { displaySet = null, frameIndex = 0 } = state.cells[index] ?? {};
  if (displaySet === null || !isKeyImage(state.keyImages, displaySet, frameIndex)) return said;
  return { ...said, bottomRight: [...said.bottomRight, { text: t("keyImage.mark"), tone: "warning" }] };
}

type Justify = "left" | "right" | null;

/** At the chest wall's side stands tissue: words keep to the other side (ux.md 2). */
function placedCorners({ topLeft, topRight, bottomLeft, bottomRight }: Corners, justify: Justify): readonly (readonly [string, readonly Line[]])[] {
  if (justify === null) return [["top-left", topLeft], ["top-right", topRight], ["bottom-left", bottomLeft], ["bottom-right", bottomRight]];
  const side = justify === "right" ? "left" : "right";
  return [[`top-${side}`, [...topLeft, ...topRight]], [`bottom-${side}`, [...bottomLeft, ...bottomRight]]];
}

function badgePlace(justify: Justify): string {
  return justify === "right" ? "bottom-left" : "bottom-right";
}

/** Every frame of the series is here, and one of them is seen. */
function isFinal(state: AppState, index: number): boolean {
  const { displaySet = null } = state.cells[index] ?? {};
  return displaySet !== null && cellStatus(state, index) === "shown" && loadOf(state, displaySet).ready >= (displaySetOf(state, index)?.frameCount ?? 0);
}

/** While frames of the series are missing: how many are here (ux.md 6). */
function FirstPass({ index, state }: { readonly index: number; readonly state: AppState }) {
  const cell = state.cells[index];
  const count = displaySetOf(state, index)?.frameCount ?? 0;
  if (cell === undefined || cell.displaySet === null || cellStatus(state, index) !== "shown") return null;
  const { ready } = loadOf(state, cell.displaySet);
  if (ready >= count) return null;
  return <div><span class="pass" data-pass="first" title={t("pass.firstTitle", { ready, count })}><Ring share={ready / count} /><span class="pass-words">{t("pass.first", { ready, count })}</span></span></div>;
}

interface CornerProps {
  readonly place: string;
  readonly lines: readonly Line[];
  readonly foot: ComponentChildren;
}

function Corner({ place, lines, foot }: CornerProps) {
  return (
    <div class={`corner corner-${place}`} data-corner={place}>
      {lines.map(({ text, tone }) => <div class={`tone-${tone}`}><bdi>{words(text)}</bdi></div>)}
      {foot}
    </div>
  );
}

/** A line breaks between its parts, else between words: a date is never torn. */
function words(text: string) {
  const parts = text.split(" · ");
  return parts.map((part, i) => <>{i > 0 && " "}<span class="word-group">{part.split(" ").map((word, j) => <>{j > 0 && " "}<span class="word">{word}</span></>)}{i < parts.length - 1 && " ·"}</span></>);
}

/** Each part keeps its own tone; the dots between are drawn by the style. */
function Badges({ badges: marks, final }: { readonly badges: readonly Badge[]; readonly final: boolean }) {
  if (marks.length === 0 && !final) return null;
  return (
    <div class="badges" data-badges={marks.map(({ kind }) => kind).join(" ")}>
      {marks.map(({ kind, text, title, tone }) => <span class={`badge tone-${tone}`} data-badge={kind} title={title}>{text}</span>)}
      {final && <span class="badge tone-quiet" data-pass="final" title={t("pass.finalTitle")}>{t("pass.final")}</span>}
    </div>
  );
}
