/** What is wrong with the environment: all of it, and nothing that only follows from something else that is wrong. */
export class EnvironmentProblems {
  readonly texts: string[] = [];
  private readonly wrong = new Set<string>();

  /** The variable by itself. */
  addWrong(variable: string, text: string): void {
    this.wrong.add(variable);
    this.texts.push(`${variable}: ${text}`);
  }

  /** @param reads every variable that this follows from */
  add(text: string, reads: readonly string[]): void {
    if (!this.areWrong(reads)) this.texts.push(text);
  }

  areWrong(variables: readonly string[]): boolean {
    return variables.some((variable) => this.wrong.has(variable));
  }
}
