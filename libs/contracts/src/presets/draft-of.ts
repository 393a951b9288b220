import type { Preset, PresetDraft } from './preset.js';

export type DraftOutcome =
  | { kind: 'draft'; draft: PresetDraft }
  | { kind: 'invalid'; problems: readonly { readonly path: string; readonly message: string }[] };

/** No message quotes what was given: a secret may have been pasted into the wrong field. */
export function draftOf(preset: Preset, given: Readonly<Record<string, string>>): DraftOutcome {
  const trimmed = Object.fromEntries(Object.keys(preset.inputs).map((name) => [name, own(given, name).trim()]));
  const values = new Map(Object.entries(preset.tidy?.(trimmed) ?? trimmed));
  const problems = [
    ...Object.keys(given)
      .filter((name) => !Object.hasOwn(preset.inputs, name))
      .map((name) => ({ path: `inputs.${name}`, message: `unknown; known here: ${[...values.keys()].join(', ')}` })),
    ...Object.entries(preset.inputs).flatMap(([name, { pattern, optional, example }]) => {
      const value = values.get(name)!;
      if (value === '') return optional ? [] : [{ path: `inputs.${name}`, message: `required, like ${example}` }];
      return pattern.test(value) ? [] : [{ path: `inputs.${name}`, message: `must look like ${example}` }];
    }),
  ];
  if (problems.length > 0) return { kind: 'invalid', problems };
  const complete = Object.fromEntries(values);
  const problem = preset.check?.(complete);
  if (problem) return { kind: 'invalid', problems: [{ path: `inputs.${problem.input}`, message: problem.message }] };
  return { kind: 'draft', draft: preset.draft(complete) };
}

function own(given: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(given, name) ? given[name]! : '';
}
