import { z } from 'zod';
import { ClaimSelector } from './claim-selector.js';
import { TextTransforms } from './regular-expression.js';

const templateLengthMax = 255;
const placeholdersMax = 10;

/** A placeholder names a claim as `claim` does: an exact name, or a path with dots. */
const placeholder = /\{([^{}]*)\}/g;

/** `{given_name} {family_name}`. Braces are for claims alone. */
export const TextTemplate = z
  .string()
  .min(1)
  .max(templateLengthMax)
  .superRefine((template, context) => {
    const names = placeholdersOf(template);
    const message = /[{}]/.test(template.replace(placeholder, ''))
      ? 'a brace is left over: claims are written as {name}'
      : names.length === 0 || names.includes('')
        ? 'name at least one claim, as {name}'
        : names.length > placeholdersMax
          ? `name at most ${placeholdersMax} claims`
          : undefined;
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** The claims that a template names, in their order. */
export function placeholdersOf(template: string): readonly string[] {
  return [...template.matchAll(placeholder)].map(([, name]) => name!);
}

/** @param valueOf of each claim that is named */
export function fillTemplate(template: string, valueOf: (name: string) => string): string {
  return template.replace(placeholder, (_, name: string) => valueOf(name));
}

const transforms = TextTransforms.optional();

/** Where a text comes from: one claim or several in a template, and what is changed in it, in the order written. */
export const TextSource = z.union([
  z.strictObject({ claim: ClaimSelector, transforms }),
  z.strictObject({ template: TextTemplate, transforms }),
]);
export type TextSource = z.output<typeof TextSource>;
