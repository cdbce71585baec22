// The panel's second half: the gallery of what is known, and in its place the album of a thing while one is open.

import { Album } from "./album.js";
import { make } from "./elements.js";
import { Gallery } from "./gallery.js";
import { Pages } from "./pages.js";

/** @import {Glimpses} from "./glimpses.js" */
/** @import {Known} from "./gallery.js" */
/** @import {Words} from "./texts.js" */
/** @import {Wishes} from "./wishes.js" */

/** @typedef {{things?: Known[], total: number, offset?: number}} GalleryNews what is left out is empty */
/** @typedef {{thing: string, pictures?: string[], total: number, offset?: number}} AlbumNews */

/**
 * @typedef {object} ShelfOptions
 * @property {Words} words
 * @property {string} language
 * @property {Glimpses} glimpses
 * @property {Wishes} wishes
 * @property {() => void} onteach the person would rather teach
 * @property {() => void} onchange something is to be shown anew
 */

export class Shelf {
  root = make("div", { className: "shelf" });
  #options;
  #gallery;
  #album;
  #date;
  /** @type {Pages<Known>} */
  #things = new Pages(({ name }) => name);
  /** @type {Pages<string>} */
  #pictures = new Pages((picture) => picture);
  #scrolled = 0; // how far the gallery was

  /** @param {ShelfOptions} options */
  constructor(options) {
    this.#options = options;
    const { words, glimpses, language, onteach } = options;
    this.#date = new Intl.DateTimeFormat(language, { day: "numeric", month: "long" });
    this.#gallery = new Gallery(words, glimpses, {
      open: (name) => this.#open(name),
      more: () => this.#load(),
      teach: onteach,
    });
    this.#album = new Album(words, glimpses, {
      back: () => this.#back(),
      remove: (picture) => this.#remove(picture),
      more: () => this.#leaf(),
      forget: () => this.#forget(),
    });
    this.root.append(this.#gallery.root, this.#album.root);
  }

  get #reading() {
    return !this.#album.root.hidden;
  }

  // From the server

  /** @param {GalleryNews} news */
  receiveGallery({ things = [], total, offset = 0 }) {
    this.#things.receive(offset, things, total);
    if (this.#things.stale) this.#load();
    if (this.#reading && offset === 0) this.#renew();
    this.#options.onchange();
  }

  /** @param {AlbumNews} news */
  receiveAlbum({ thing, pictures = [], total, offset = 0 }) {
    if (!this.#reading || thing !== this.#album.thing) return;
    this.#pictures.receive(offset, pictures, total);
    if (total === 0) return this.#back();
    if (this.#pictures.stale) this.#leaf();
    this.#options.onchange();
  }

  // On the page

  /** It has come into view, or the server is back: ask for what may have changed meanwhile. */
  renew() {
    this.#things.age();
    this.#load();
    if (this.#reading) this.#renew();
    this.#options.onchange();
  }

  /** Show all that is known, whatever was open. */
  unfold() {
    if (this.#reading) this.#back();
  }

  show() {
    const { wishes } = this.#options;
    this.#gallery.show(this.#things, wishes.waits("gallery"));
    if (!this.#reading) return;
    const taught = this.#things.items.find(({ name }) => name === this.#album.thing)?.taught;
    this.#album.show(this.#pictures, taught === undefined ? "" : this.#date.format(taught), wishes.waits("album"));
  }

  // From the person

  /** @param {string} thing */
  #open(thing) {
    this.#scrolled = this.#gallery.root.scrollTop;
    this.#pictures = new Pages((picture) => picture);
    this.#album.open(thing);
    this.#gallery.root.hidden = true;
    this.#album.root.hidden = false;
    this.#leaf();
    this.#options.onchange();
    this.#album.focus();
  }

  #back() {
    const held = this.#album.root.contains(document.activeElement);
    this.#album.root.hidden = true;
    this.#gallery.root.hidden = false;
    this.#options.wishes.settle("album");
    this.#options.onchange();
    this.#gallery.root.scrollTop = this.#scrolled;
    if (held) this.#gallery.focus(this.#album.thing);
  }

  /** @param {string} picture */
  #remove(picture) {
    if (this.#options.wishes.make("album", { want: "remove", picture })) this.#pictures.remove(picture);
    this.#options.onchange();
  }

  #forget() {
    const { thing } = this.#album;
    if (!this.#options.wishes.make("gallery", { want: "forget", thing })) return this.#options.onchange();
    this.#things.remove(thing);
    this.#back();
  }

  // What is still missing

  #load() {
    const { wishes, onchange } = this.#options;
    const offset = this.#things.next;
    if (offset === null || wishes.waits("gallery")) return;
    wishes.make("gallery", { want: "gallery", offset });
    onchange();
  }

  #renew() {
    this.#pictures.age();
    this.#options.wishes.settle("album");
    this.#leaf();
  }

  #leaf() {
    const { wishes, onchange } = this.#options;
    const offset = this.#pictures.next;
    if (offset === null || wishes.waits("album")) return;
    wishes.make("album", { want: "pictures", thing: this.#album.thing, offset });
    onchange();
  }
}
