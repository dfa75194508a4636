/** Every visible word: `t` says a message of the catalogue in the reader's language (ICU messages, plurals by Intl). */
import { IntlMessageFormat } from "intl-messageformat";
import type { Arguments, Language } from "./catalogue";
import { LANGUAGES } from "./catalogue";
import { en } from "./en";

type English = typeof en;
export type Key = keyof English;
type Value = string | number;
type Given<K extends Key> = [Arguments<English[K]>] extends [never] ? [] : [params: { readonly [Name in Arguments<English[K]>]: Value }];
type Catalogue = { readonly [K in Key]: string };

interface Spoken {
  readonly language: Language;
  /** As Intl takes it: the reader's own region where the browser names one ("de-CH"). */
  readonly locale: string;
  readonly catalogue: Catalogue;
  readonly parsed: Map<Key, IntlMessageFormat>;
  /** Between units and tenths. */
  readonly decimal: string;
  readonly day: Intl.DateTimeFormat;
  readonly month: Intl.DateTimeFormat;
}

const DAY = { year: "numeric", month: "2-digit", day: "2-digit", timeZone: "UTC" } as const;
const MONTH = { year: "numeric", month: "2-digit", timeZone: "UTC" } as const;

/** The one thing that this room keeps: which language is spoken. */
let spoken: Spoken = speaking("en", "en", en);
/** What was wanted last: the words of another that come late are not spoken. */
let wanted: Language = "en";

function speaking(language: Language, locale: string, catalogue: Catalogue): Spoken {
  const decimal = new Intl.NumberFormat(locale).formatToParts(0.5).find(({ type }) => type === "decimal")?.value ?? ".";
  return { language, locale, catalogue, parsed: new Map(), decimal, day: new Intl.DateTimeFormat(locale, DAY), month: new Intl.DateTimeFormat(locale, MONTH) };
}

/** Only the language that is spoken is fetched; English is here. */
const LOAD: Readonly<Record<Language, () => Promise<Catalogue>>> = {
  en: () => Promise.resolve(en),
  es: async () => (await import("./es")).es,
  fr: async () => (await import("./fr")).fr,
  de: async () => (await import("./de")).de,
};

/** A message in the reader's language; one whose parameters are missing does not compile. */
export function t<K extends Key>(key: K, ...given: Given<K>): string {
  return said(key, given[0]);
}

/** The message of a key that is made from a word of the server; `otherwise` where there is none. */
export function tOr(key: string, otherwise: string): string {
  return isKey(key) ? said(key, undefined) : otherwise;
}

function isKey(key: string): key is Key {
  return Object.hasOwn(en, key);
}

function said(key: Key, params: Readonly<Record<string, Value>> | undefined): string {
  const text = spoken.catalogue[key];
  if (!text.includes("{") && !text.includes("'")) return text;
  const known = spoken.parsed.get(key);
  const message = known ?? new IntlMessageFormat(text, spoken.locale, undefined, { formatters: FORMATTERS, ignoreTag: true });
  if (known === undefined) spoken.parsed.set(key, message);
  const answer = message.format(params);
  return typeof answer === "string" ? answer : text; // no message here holds markup
}

/** Numbers are never grouped: 1.024 must not be read as a little more than one. */
const FORMATTERS = {
  getNumberFormat: (locales?: string | string[], options?: object) => new Intl.NumberFormat(locales, { ...options, useGrouping: false }),
  getDateTimeFormat: (...given: ConstructorParameters<typeof Intl.DateTimeFormat>) => new Intl.DateTimeFormat(...given),
  getPluralRules: (...given: ConstructorParameters<typeof Intl.PluralRules>) => new Intl.PluralRules(...given),
};

export function language(): Language {
  return spoken.language;
}

/** Speaks this language from the next message on. Rejects where its words cannot be fetched: then nothing changes. */
export async function speak(chosen: Language, locales: readonly string[] = []): Promise<void> {
  wanted = chosen;
  const catalogue = await LOAD[chosen]();
  if (wanted === chosen) spoken = speaking(chosen, localeOf(chosen, locales), catalogue);
}

/** The first of the reader's languages that there are words for. */
export function languageOf(locales: readonly string[]): Language {
  const bases = locales.map((locale) => locale.toLowerCase().split("-")[0]);
  return bases.flatMap((base) => LANGUAGES.filter((one) => one === base))[0] ?? "en";
}

/** English stays as it is written in the EHR: days and months of en-US and en-GB are too easily mistaken. */
function localeOf(chosen: Language, locales: readonly string[]): string {
  if (chosen === "en") return "en";
  return locales.find((locale) => locale.toLowerCase().split("-")[0] === chosen && isLocale(locale)) ?? chosen;
}

function isLocale(locale: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    return false; // not a language tag
  }
}

// ---- numbers and dates --------------------------------------------------------------------------

/** `text` is a number as JavaScript writes it, its minus as − or -: with the decimal sign of the reader's language. */
export function localNumber(text: string): string {
  return spoken.decimal === "." ? text : text.replace(".", spoken.decimal);
}

/** How this language writes the sign between units and tenths. */
export function decimalSign(): string {
  return spoken.decimal;
}

/** Of "2024-03-02", "2024-03" or "2024"; anything else, and everything in English, stays as it stands. */
export function localDate(iso: string): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(iso) ?? [];
  if (spoken.language === "en" || year === undefined || month === undefined) return iso;
  const when = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1)));
  return (day === undefined ? spoken.month : spoken.day).format(when);
}
