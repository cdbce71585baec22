import assert from "node:assert/strict";
import { test } from "node:test";

import { Pages } from "../../../plugins/cortex_teach/pages.js";

/** @param {number} from @param {number} to */
const range = (from, to) => Array.from({ length: to - from }, (_, index) => `t${from + index}`);

/** @param {string[]} server */
function makePages(server) {
  /** @type {Pages<string>} */
  const pages = new Pages((item) => item);
  return {
    pages,
    /** Be sent a page of three. */
    sent(offset = pages.next ?? 0) {
      pages.receive(offset, server.slice(offset, offset + 3), server.length);
    },
  };
}

test("before the server has said anything the first page is missing", () => {
  const { pages } = makePages([]);
  assert.deepEqual([pages.next, pages.total, pages.more], [0, null, false]);
});

test("pages follow each other until all is there", () => {
  const { pages, sent } = makePages(range(0, 7));
  sent();
  assert.deepEqual([pages.next, pages.more, pages.stale], [3, true, false]);
  sent();
  sent();
  assert.deepEqual(pages.items, range(0, 7));
  assert.deepEqual([pages.next, pages.more], [null, false]);
});

test("nothing at all is there at once", () => {
  const { pages, sent } = makePages([]);
  sent();
  assert.deepEqual([pages.next, pages.total, pages.more], [null, 0, false]);
});

test("a fresh beginning keeps what was loaded, and asks for the rest anew", () => {
  const server = range(0, 7);
  const { pages, sent } = makePages(server);
  for (let page = 0; page < 3; page += 1) sent();
  server.unshift("new");
  sent(0);
  assert.deepEqual(pages.items, ["new", ...range(0, 7)]);
  assert.deepEqual([pages.stale, pages.next], [true, 3]);
  sent();
  sent();
  assert.deepEqual([pages.stale, pages.next], [false, null]);
  assert.deepEqual(pages.items, server);
});

test("what is gone from the first page is gone", () => {
  const server = range(0, 7);
  const { pages, sent } = makePages(server);
  for (let page = 0; page < 3; page += 1) sent();
  server.splice(1, 1);
  sent(0);
  assert.deepEqual(pages.items, server);
});

test("what is gone from further on is gone once that page has come", () => {
  const server = range(0, 7);
  const { pages, sent } = makePages(server);
  for (let page = 0; page < 3; page += 1) sent();
  server.splice(5, 1);
  sent(0);
  sent();
  assert.deepEqual(pages.items, server);
});

test("what was moved to the front is there once", () => {
  const server = range(0, 7);
  const { pages, sent } = makePages(server);
  for (let page = 0; page < 3; page += 1) sent();
  server.unshift(...server.splice(5, 1));
  sent(0);
  assert.deepEqual(pages.items, server);
});

test("a page whose beginning has gone meanwhile is not taken", () => {
  const { pages, sent } = makePages(range(0, 7));
  sent(3);
  assert.deepEqual([pages.items, pages.next], [[], 0]);
});

test("a server that counts more than it sends is not asked for ever", () => {
  const { pages } = makePages([]);
  pages.receive(0, ["a", "b"], 3); // one of them cannot be read
  assert.deepEqual([pages.next, pages.more], [2, true]);
  pages.receive(2, ["b"], 3);
  assert.deepEqual([pages.items, pages.next, pages.more], [["a", "b"], null, false]);
});

test("what the server was asked to remove is gone at once", () => {
  const { pages, sent } = makePages(range(0, 3));
  sent();
  pages.remove("t1");
  pages.remove("nobody");
  assert.deepEqual([pages.items, pages.total, pages.next], [["t0", "t2"], 2, null]);
});

test("what is held stays while it is asked for anew", () => {
  const { pages, sent } = makePages(range(0, 5));
  sent();
  sent();
  pages.age();
  assert.deepEqual([pages.items, pages.next, pages.stale], [range(0, 5), 0, true]);
  sent();
  sent();
  assert.deepEqual([pages.next, pages.stale], [null, false]);
});

test("an empty list is not known to be empty any more once it has aged", () => {
  const { pages, sent } = makePages([]);
  sent();
  pages.age();
  assert.deepEqual([pages.total, pages.next], [null, 0]);
});
