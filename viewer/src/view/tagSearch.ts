/** Search among the attributes of an instance: by keyword, tag or value, with the sequences that lead there. */
import type { Tag } from "../wire/tags";

export interface TagMatches {
  /** As the tree, with nothing but what was found and the way to it. */
  readonly tags: readonly Tag[];
  /** How many attributes were found. */
  readonly count: number;
  /** Of these, how many `tags` leaves out. */
  readonly more: number;
}

/** More than anybody reads; a page of them is drawn at once. */
export const MOST_FOUND = 400;

/** "(0010,0010)" of "00100010". */
export function tagText(tag: string): string {
  return `(${tag.slice(0, 4)},${tag.slice(4)})`;
}

export function searched(tags: readonly Tag[], wanted: string): TagMatches {
  const words = wanted.trim().toLowerCase();
  if (words === "") return { tags, count: counted(tags), more: 0 };
  const budget = { count: 0 };
  const found = within(tags, words, words.replace(/[(),\s]/g, ""), budget);
  return { tags: found, count: budget.count, more: Math.max(0, budget.count - MOST_FOUND) };
}

function within(tags: readonly Tag[], words: string, digits: string, budget: { count: number }): readonly Tag[] {
  return tags.flatMap((tag) => {
    const matches = isFound(tag, words, digits);
    if (matches) budget.count += 1;
    const kept = matches && budget.count <= MOST_FOUND;
    const items = tag.items.map((item) => within(item, words, digits, budget)).filter((item) => item.length > 0);
    if (kept) return [items.length > 0 ? { ...tag, items } : tag];
    return items.length > 0 ? [{ ...tag, items }] : [];
  });
}

function isFound({ tag, keyword, text }: Tag, words: string, digits: string): boolean {
  const asTag = /^[0-9a-f]{3,8}$/.test(digits) && tag.toLowerCase().includes(digits);
  return asTag || keyword.toLowerCase().includes(words.replace(/\s/g, "")) || text.toLowerCase().includes(words);
}

function counted(tags: readonly Tag[]): number {
  return tags.reduce((sum, { items }) => sum + 1 + items.reduce((inner, item) => inner + counted(item), 0), 0);
}
