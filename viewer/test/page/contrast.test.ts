/** Colour tokens of both chromes (WCAG 1.4.3, 1.4.11). Oracle: the formula of relative luminance in WCAG 2.2. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("../../../static/css/base.css", import.meta.url), "utf8");

/** Names and values of the first rule with this selector that sets colours. */
function tokens(selector: string): Readonly<Record<string, string>> {
  const start = css.indexOf(`${selector} {\n`);
  const body = css.slice(start, css.indexOf("}", start));
  return Object.fromEntries([...body.matchAll(/--([a-z-]+): (#[0-9a-f]{3,6})/g)].map(([, name = "", value = ""]) => [name, value]));
}

const CHROMES = { dark: tokens(".viewports"), light: tokens(':root[data-chrome="light"]'), system: tokens(':root[data-chrome="system"]') };

function luminance(hex: string): number {
  const whole = hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join("") : hex.slice(1);
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(whole.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const TEXTS = ["text", "text-tool", "text-quiet", "accent", "warning", "error", "good", "prior"];
const GROUNDS = ["chrome", "chrome-raised", "chrome-float", "chrome-hover"];

describe.each(Object.entries(CHROMES))("the %s chrome", (_name, colours) => {
  const of = (name: string): string => colours[name] ?? "#none";

  it.each(TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)))("writes %s on %s at 4.5:1 and more", (text, ground) => {
    expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5);
  });

  it("writes on its own pressed, accented and warning grounds at 4.5:1 and more", () => {
    expect(contrast(of("text"), of("chrome-pressed"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of("accent"), of("chrome-pressed"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of("text-quiet"), of("chrome-pressed"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of("on-accent"), of("accent"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of("warning"), of("warning-ground"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of("prior"), of("prior-ground"))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(GROUNDS)("bounds controls on %s at 3:1 and more", (ground) => {
    expect(contrast(of("control-line"), of(ground))).toBeGreaterThanOrEqual(3);
  });
});

it("has the same light chrome by choice and by the system's", () => {
  expect(CHROMES.system).toEqual(CHROMES.light);
});

it("knows what contrast is", () => {
  expect(contrast("#fff", "#000")).toBe(21);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});
