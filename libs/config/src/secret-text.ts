import { inspect } from 'node:util';

const printed = '[secret]';

/** A secret that cannot be printed by accident: string conversion, JSON and inspection all give `[secret]`. */
export class SecretText {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return printed;
  }

  toJSON(): string {
    return printed;
  }

  [inspect.custom](): string {
    return printed;
  }
}
