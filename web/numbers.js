// Numbers as people write them: few digits, in the person's language. Pure.

/** @typedef {{ms: string, s: string}} Units */

export class Numbers {
  #whole;
  #fine;
  #money;
  #plural;
  #units;

  /**
   * @param {string} tag a BCP 47 tag, such as `fr-CA`
   * @param {Units} units each with `{n}` in it
   */
  constructor(tag, units) {
    this.#whole = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 });
    this.#fine = new Intl.NumberFormat(tag, { maximumFractionDigits: 1 });
    this.#money = new Intl.NumberFormat(tag, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    this.#plural = new Intl.PluralRules(tag);
    this.#units = units;
  }

  /**
   * Write a number: with one decimal below ten, with none above.
   * @param {number} value
   */
  number(value) {
    return (Math.abs(value) < 9.95 ? this.#fine : this.#whole).format(value);
  }

  /**
   * Write a time that something took: `0.4 ms`, `24 ms`, `1.2 s`.
   * @param {number} ms
   */
  duration(ms) {
    if (ms >= 999.5) return this.seconds(ms / 1000);
    if (ms > 0 && ms < 0.1) return `<${this.#units.ms.replace("{n}", this.number(0.1))}`;
    return this.#units.ms.replace("{n}", this.number(ms));
  }

  /** @param {number} value */
  seconds(value) {
    return this.#units.s.replace("{n}", this.number(value));
  }

  /**
   * Write a sum of money, whose currency nobody knows: `0.43`. It is rounded down: what is left is no less than that.
   * @param {number} value
   */
  money(value) {
    return this.#money.format(Math.floor(value * 100 + 1e-6) / 100);
  }

  /**
   * Write how many, in the form that the number asks for: `{one: "{n} call", other: "{n} calls"}`.
   * @param {Record<string, string>} forms
   * @param {number} count
   */
  count(forms, count) {
    const form = forms[this.#plural.select(count)] ?? forms.other ?? "{n}";
    return form.replace("{n}", this.number(count));
  }
}
