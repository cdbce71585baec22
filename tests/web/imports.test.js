import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";

const ROOT = resolve(import.meta.dirname, "../..");
const FILES = ["web", "senses", "plugins"].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js"))
    .map((file) => join(ROOT, folder, file)),
);

/** @param {string} file */
function importsOf(file) {
  const found = readFileSync(file, "utf8").matchAll(/^import .* from "(.+)";$/gm);
  return [...found].map(([, path = ""]) => (path.startsWith(".") ? resolve(dirname(file), path) : path));
}

/**
 * @param {string} file
 * @param {string[]} path that led to it
 * @returns {string[] | null} a circle
 */
function circle(file, path = []) {
  if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
  return importsOf(file).map((next) => circle(next, [...path, file])).find((found) => found !== null) ?? null;
}

test("every import is a file of ours", () => {
  assert.ok(FILES.length > 25);
  for (const file of FILES) {
    for (const path of importsOf(file)) assert.ok(FILES.includes(path), `${relative(ROOT, file)} imports ${path}`);
  }
});

test("no module imports itself by way of others", () => {
  for (const file of FILES) assert.equal(circle(file), null);
});

test("a sense or a plugin imports its own files only: what it needs of the page it is given", () => {
  for (const file of FILES.filter((path) => !path.startsWith(join(ROOT, "web")))) {
    for (const path of importsOf(file)) assert.equal(dirname(path), dirname(file), `${relative(ROOT, file)} imports ${path}`);
  }
});
