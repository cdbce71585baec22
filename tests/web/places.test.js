import assert from "node:assert/strict";
import { test } from "node:test";

import { outward, placeOf } from "../../web/places.js";
import texts from "../../web/texts.js";

/** @import {Place, PluginStatus} from "../../web/wire.js" */

const { place: en } = texts.en.panel;
const { place: fr } = texts.fr.panel;
/** @type {Place} */
const AWS = { where: "internet", name: "AWS eu-west-1", gets: ["pictures"] };
/** @type {Place} */
const NAS = { where: "network", name: "nas.local:11434", gets: ["pictures", "words"] };
/** @type {Place} */
const HERE = { where: "machine", name: "", gets: [] };
const lists = new Intl.ListFormat("en", { type: "conjunction" });

/** @param {string} name @param {Place | null} [place] @returns {PluginStatus} */
const plugin = (name, place = null) => ({ name, state: "working", reason: "", place });

/** @param {PluginStatus[]} plugins @param {{off?: string[], shut?: boolean, words?: typeof en}} [how] */
const line = (plugins, { off = [], shut = false, words = en } = {}) => outward(plugins, new Set(off), shut, words, (names) => lists.format(names));

test("each place is said by where it is", () => {
  assert.equal(placeOf({ place: HERE }, false, en), "Stays on this machine");
  assert.equal(placeOf({ place: { ...HERE, name: "localhost:9000" } }, false, en), "Stays on this machine: localhost:9000");
  assert.equal(placeOf({ place: NAS }, false, en), "Pictures and words go to my network: nas.local:11434");
  assert.equal(placeOf({ place: AWS }, false, en), "Pictures go to AWS eu-west-1");
  assert.equal(placeOf({ place: { ...AWS, gets: [] } }, false, en), "What it perceives goes to AWS eu-west-1");
  assert.equal(placeOf({ place: AWS }, false, fr), "Les images vont à AWS eu-west-1");
  assert.equal(placeOf({ place: null }, false, en), "");
  assert.equal(placeOf({}, false, en), "");
});

test("a name is no pattern", () => {
  assert.equal(placeOf({ place: { ...AWS, name: "$& $1" } }, false, en), "Pictures go to $& $1");
});

test("the line is empty where all stays on this machine, or is off", () => {
  assert.equal(line([plugin("eye"), plugin("classifier", HERE)]), "");
  assert.equal(line([plugin("rekognition", AWS)], { off: ["rekognition"] }), "");
});

test("the line says what goes where, each place once", () => {
  assert.equal(line([plugin("rekognition", AWS), plugin("again", AWS)]), "Pictures go to AWS eu-west-1");
  assert.equal(line([plugin("llm", NAS)]), "Pictures and words go to nas.local:11434");
  assert.equal(
    line([plugin("rekognition", AWS), plugin("llm", NAS)]),
    "Pictures go to AWS eu-west-1 and nas.local:11434 · words go to nas.local:11434",
  );
  assert.equal(line([plugin("llm", { ...NAS, gets: ["words"] })], { words: fr }), "Les paroles vont à nas.local:11434");
});

test("who does not say what goes is taken to get all", () => {
  assert.equal(line([plugin("odd", { where: "internet", name: "", gets: [] })]), "Pictures and words go to the internet");
});

test("what failed or rests is not left out: another part of it may work", () => {
  assert.equal(line([{ ...plugin("rekognition", AWS), state: "failed" }]), "Pictures go to AWS eu-west-1");
});

test("with the eyes shut no picture goes, though words may", () => {
  assert.equal(line([plugin("rekognition", AWS)], { shut: true }), "Eyes shut: no picture leaves this page");
  assert.equal(line([plugin("llm", NAS)], { shut: true }), "Eyes shut: no picture leaves this page · words go to nas.local:11434");
});
