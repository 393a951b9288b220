import { comparisonKey } from '../filter/evaluate.js';
import type { JsonObject } from '../json.js';
import { contentOf } from '../resource/settle-elements.js';
import { findAttribute } from '../schema/attribute.js';
import type { Attribute } from '../schema/attribute.js';

/**
 * Elements by what they are about: the same `value` for the same use, or all the same where they have no `value`.
 * Who names a value without its use means it whatever it is used for. By keys, because one request may name thousands.
 */
export class NamedElements {
  private readonly places = new Map<string, number>();

  constructor(
    private readonly list: Attribute,
    elements: readonly JsonObject[] = [],
  ) {
    elements.forEach((element, place) => this.add(element, place));
  }

  add(element: JsonObject, place: number): void {
    for (const key of [this.keyOf(element, true), this.keyOf(element, false)]) {
      if (!this.places.has(key)) this.places.set(key, place);
    }
  }

  placeOf(named: JsonObject): number | undefined {
    return this.places.get(this.keyOf(named, named['type'] !== undefined));
  }

  /** Only by the key that it is named by, for `isNamed`. */
  addNamed(named: JsonObject): void {
    this.places.set(this.keyOf(named, named['type'] !== undefined), 0);
  }

  isNamed(element: JsonObject): boolean {
    return this.places.has(this.keyOf(element, true)) || this.places.has(this.keyOf(element, false));
  }

  private keyOf(element: JsonObject, isTyped: boolean): string {
    const about = this.textOf('value', element['value']) ?? contentOf(element).sort();
    return JSON.stringify(isTyped ? [about, this.textOf('type', element['type']) ?? null] : [about]);
  }

  private textOf(name: string, value: unknown): string | undefined {
    const attribute = findAttribute(this.list.sub, name);
    return attribute && typeof value === 'string' ? comparisonKey(attribute, value) : undefined;
  }
}
