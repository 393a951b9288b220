/** Values of a statement. Nothing that a client sent is ever a part of its text. */
export class Parameters {
  readonly values: (string | number | boolean)[] = [];

  add(value: string | number | boolean): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

export interface Statement {
  readonly text: string;
  readonly values: readonly (string | number | boolean)[];
}
