/** What a catalogue is: ICU messages by key; English says which keys there are and what each takes. */

export const LANGUAGES = ["en", "es", "fr", "de"] as const;

export type Language = (typeof LANGUAGES)[number];

/** The same keys in another language. */
export type Translated<English> = { readonly [Key in keyof English]: string };

/** A brace after one of these opens a message of its own, not an argument. */
type Branch = "zero " | "one " | "two " | "few " | "many " | "other " | "=0 " | "=1 ";

/** The names of a message's arguments: of "{n, plural, one {# image} other {# images}} of {name}" n and name. */
export type Arguments<Message extends string> = Message extends `${infer Before}{${infer After}`
  ? (Before extends `${string}${Branch}` ? never : Name<After>) | Arguments<After>
  : never;

type Name<After extends string> = After extends `${infer Inside}}${string}` ? (Inside extends `${infer First},${string}` ? First : Inside) : never;

const BRANCH = /(?:zero|one|two|few|many|other|=0|=1) $/;

/** As the type Arguments does it, for the test that compares both with the library's parser. */
export function argumentsOf(message: string): readonly string[] {
  const pieces = message.split("{");
  const names = pieces.slice(1).flatMap((after, i) => (BRANCH.test(pieces[i] ?? "") ? [] : [after.split(/[,}]/)[0] ?? ""]));
  return [...new Set(names)].sort();
}
