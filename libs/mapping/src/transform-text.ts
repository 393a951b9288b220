import type { TextTransform } from '@gatehouse/contracts';
import { RE2JS } from 're2js';

/** Longer texts are names of nobody. Checked between steps, so that no list of steps makes a text grow without end. */
const textLengthMax = 1_024;

type Step = (text: string) => string;

/** By the list of the configuration, which is parsed once for each version: so each expression is compiled once. */
const compiled = new WeakMap<readonly TextTransform[], readonly Step[]>();

/** Each step in the order written. @returns undefined when the text is or becomes too long to be a name */
export function transformText(text: string, transforms: readonly TextTransform[] | undefined): string | undefined {
  let current = text;
  for (const step of stepsOf(transforms ?? [])) {
    if (current.length > textLengthMax) return undefined;
    current = step(current);
  }
  return current.length > textLengthMax ? undefined : current;
}

/** For people to read: the text after each step, up to the first that is too long. */
export function transformSteps(text: string, transforms: readonly TextTransform[] | undefined): (string | null)[] {
  const texts: (string | null)[] = [];
  let current = text;
  for (const step of stepsOf(transforms ?? [])) {
    current = step(current);
    const isTooLong = current.length > textLengthMax;
    texts.push(isTooLong ? null : current);
    if (isTooLong) break;
  }
  return texts;
}

function stepsOf(transforms: readonly TextTransform[]): readonly Step[] {
  let steps = compiled.get(transforms);
  if (!steps) compiled.set(transforms, (steps = transforms.map(stepOf)));
  return steps;
}

function stepOf({ match, replace }: TextTransform): Step {
  const expression = RE2JS.compile(match);
  return (text) => expression.matcher(text).replaceAll(replace);
}
