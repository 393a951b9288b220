import type { DocumentProblem } from '@gatehouse/contracts';
import type { ConfigSource, Path } from './parse-config-text.js';

/** One mistake in a document. The message never quotes a value: it could be a secret in the wrong place. */
export interface Fault {
  readonly path: Path;
  readonly message: string;
}

/** Each of them once, and those of one provider, mapping or part together, in the order in which the parts came. */
export function inGroups(faults: readonly Fault[]): readonly Fault[] {
  const groups = new Map<string, Map<string, Fault>>();
  for (const fault of faults) {
    const name = JSON.stringify(fault.path.slice(0, 2));
    const group = groups.get(name) ?? new Map<string, Fault>();
    groups.set(name, group.set(JSON.stringify([fault.path, fault.message]), fault));
  }
  return [...groups.values()].flatMap((group) => [...group.values()]);
}

export function problemAt(source: ConfigSource, { path, message }: Fault): DocumentProblem {
  const line = source.lineOf(path);
  return { path: pathText(path), message, ...(line === undefined ? {} : { line }) };
}

/** `providers.company.issuer`, as the reference has it; a name that has a dot itself stands in brackets. */
export function pathText(path: Path): string {
  return path.reduce<string>((before, segment) => {
    const name = String(segment);
    if (/[."[\]\s]|^$/.test(name)) return `${before}[${JSON.stringify(name)}]`;
    return before === '' ? name : `${before}.${name}`;
  }, '');
}
