// Floors from the roof down: main → engine|decode|tools|overlay|page → view|findings → math|wire|words.
const roof = "^src/main(\\.ts$|/)";
const floors = ["math|wire|words", "view|findings", "engine|decode|tools|overlay|page"];

const noUpward = floors.map((rooms, i) => ({
  name: `floor-${i}-imports-lower-floors-only`,
  comment: "a room imports lower floors only: move the shared part down, or join the two in main",
  severity: "error",
  from: { path: `^src/(${rooms})/` },
  to: { path: [roof, ...floors.slice(i + 1).map((upper) => `^src/(${upper})/`)] },
}));

const strangers = floors.map((rooms, i) => ({
  name: `floor-${i}-rooms-are-strangers`,
  comment: "rooms of one floor do not know each other: main joins them",
  severity: "error",
  from: { path: `^src/(${rooms})/` },
  to: { path: `^src/(${rooms})/`, pathNot: "^src/$1/" },
}));

const libraries = [
  { name: "preact-stays-in-page", path: "(^|node_modules/)(preact|@preact/)", rooms: "page/|overlay/|main\\.ts" },
  { name: "codecs-stay-in-decode", path: "(^|node_modules/)@cornerstonejs/codec-", rooms: "decode/" },
  { name: "messages-stay-in-words", path: "(^|node_modules/)(intl-messageformat|@formatjs/)", rooms: "words/" },
].map(({ name, path, rooms }) => ({
  name,
  comment: "each library has one room (STYLE.md 7)",
  severity: "error",
  from: { path: "^src/", pathNot: `^src/(${rooms})` },
  to: { path },
}));

const circles = { name: "no-circles", severity: "error", from: {}, to: { circular: true } };

module.exports = {
  forbidden: [...noUpward, ...strangers, ...libraries, circles],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
  },
};
