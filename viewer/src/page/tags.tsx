/** Every attribute of the instance in view, as a tree that can be searched. Fetched when it is first opened. */
import { useEffect, useState } from "preact/hooks";
import { problemWords } from "../view/problemWords";
import { searched, tagText } from "../view/tagSearch";
import { displaySetOf } from "../view/viewState";
import type { Problem } from "../wire/client";
import { RequestFailed } from "../wire/client";
import type { Tag, TagTree } from "../wire/tags";
import { t } from "../words/words";
import type { PanelProps } from "./ports";

interface Place {
  readonly displaySet: number;
  readonly frameIndex: number;
}

type Answer = { readonly kind: "coming" } | { readonly kind: "here"; readonly tree: TagTree } | { readonly kind: "failed"; readonly problem: Problem };

/** Scrolling on does not change what is read: another image is asked for by its button. */
export function Tags({ state, ports }: PanelProps) {
  const cell = state.cells[state.activeCell];
  const now: Place | null = cell === undefined || cell.displaySet === null ? null : { displaySet: cell.displaySet, frameIndex: cell.frameIndex };
  const [place, setPlace] = useState(now);
  const [search, setSearch] = useState("");
  const [attempt, setAttempt] = useState(0);
  const answer = useTags(place, attempt, ports.tags);
  if (place === null) return <p class="quiet">{t("tags.nothing")}</p>;
  const set = state.plan.displaySets[place.displaySet];
  const moved = now !== null && (now.displaySet !== place.displaySet || now.frameIndex !== place.frameIndex);
  return (
    <div class="tags">
      <p class="tags-of" data-display-set={place.displaySet} data-frame={place.frameIndex}>{t("tags.of", { number: place.frameIndex + 1, count: Math.max(1, set?.frameCount ?? 1), label: set?.label ?? "" })}</p>
      {moved && <button type="button" class="button button-small" data-do="here" onClick={() => { setPlace(now); }}>{t("tags.here", { number: now.frameIndex + 1 })}{displaySetOf(state, state.activeCell) === set ? "" : ` · ${displaySetOf(state, state.activeCell)?.label ?? ""}`}</button>}
      <input type="search" class="field" aria-label={t("tags.search")} placeholder={t("tags.search")} value={search} onInput={({ currentTarget }) => { setSearch(currentTarget.value); }} />
      {answer.kind === "coming" && <p class="quiet" role="status">{t("tags.loading")}</p>}
      {answer.kind === "failed" && <Failed problem={answer.problem} again={() => { setAttempt(attempt + 1); }} />}
      {answer.kind === "here" && <Found tree={answer.tree} search={search} />}
    </div>
  );
}

function useTags(place: Place | null, attempt: number, ask: PanelProps["ports"]["tags"]): Answer {
  const [answer, setAnswer] = useState<Answer>({ kind: "coming" });
  useEffect(() => {
    if (place === null) return undefined;
    const asking = new AbortController();
    setAnswer({ kind: "coming" });
    ask(place.displaySet, place.frameIndex, asking.signal).then(
      (tree) => { setAnswer({ kind: "here", tree }); },
      (cause: unknown) => {
        if (asking.signal.aborted) return;
        if (!(cause instanceof RequestFailed)) throw cause;
        setAnswer({ kind: "failed", problem: cause.problem });
      },
    );
    return () => { asking.abort(); };
  }, [place?.displaySet, place?.frameIndex, attempt]);
  return answer;
}

function Failed({ problem, again }: { readonly problem: Problem; readonly again: () => void }) {
  const { title, nextStep, code, correlationId } = problemWords(problem);
  return (
    <div class="card" role="alert">
      <p class="tone-error">{title}</p>
      <p>{nextStep}</p>
      <p class="quiet card-code">{[code, correlationId].filter(Boolean).join(" · ")}</p>
      <button type="button" class="button" onClick={again}>{t("pane.retry")}</button>
    </div>
  );
}

function Found({ tree, search }: { readonly tree: TagTree; readonly search: string }) {
  const { tags, count, more } = searched(tree.tags, search);
  return (
    <>
      <p class="quiet" role="status" data-found={count}>{t("tags.found", { count })}</p>
      <TagList tags={tags} open={search.trim() !== ""} />
      {more > 0 && <p class="quiet">{t("tags.more", { count: more })}</p>}
      {tree.leftOut > 0 && <p class="tone-warning">{t("tags.leftOut", { count: tree.leftOut })}</p>}
    </>
  );
}

/** open: what a search has found within sequences is shown at once. */
function TagList({ tags, open }: { readonly tags: readonly Tag[]; readonly open: boolean }) {
  return <ul class="tag-list">{tags.map((tag) => <li key={tag.tag} data-tag={tag.tag}>{tag.vr === "SQ" ? <Sequence tag={tag} open={open} /> : <Line tag={tag} />}</li>)}</ul>;
}

function Line({ tag }: { readonly tag: Tag }) {
  return (
    <p class="tag-line">
      <Name tag={tag} />
      <span class="tag-value" lang="">{valueText(tag)}</span>
    </p>
  );
}

/** Its items are built when it is opened: a multi-frame object has thousands. */
function Sequence({ tag, open }: { readonly tag: Tag; readonly open: boolean }) {
  const [chosen, setChosen] = useState(false);
  const isOpen = open || chosen;
  return (
    <details class="tag-sequence" open={isOpen} onToggle={({ currentTarget }) => { if (!open) setChosen(currentTarget.open); }}>
      <summary class="tag-line"><Name tag={tag} /><span class="tag-value quiet">{t("tags.items", { count: tag.items.length })}</span></summary>
      {isOpen && <ol class="tag-items">{tag.items.map((item, i) => <li key={i}><p class="quiet">{t("tags.item", { number: i + 1 })}</p><TagList tags={item} open={open} /></li>)}</ol>}
    </details>
  );
}

function Name({ tag: { tag, keyword, vr } }: { readonly tag: Tag }) {
  return (
    <span class="tag-name">
      <span class="tag-keyword" translate={false}>{keyword || t("tags.private")}</span>
      <span class="quiet tag-code"><code>{tagText(tag)}</code> {vr}</span>
    </span>
  );
}

/** Of binary values the size alone. */
function valueText({ text, bytes, cut, vr }: Tag): string {
  if (bytes !== null) return t("tags.bytes", { count: bytes });
  if (text === "" && /^(O[BDFLVW]|UN)$/.test(vr)) return t("tags.binary");
  return text === "" ? t("tags.empty") : cut ? `${text}${t("tags.cut")}` : text;
}
