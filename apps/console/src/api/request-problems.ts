import type { DocumentProblem } from '@gatehouse/contracts';

/** What a schema says is wrong: an issue of the Standard Schema, and with several forms that are allowed one list for each. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

interface UnionIssue extends SchemaIssue {
  readonly errors: readonly (readonly SchemaIssue[])[];
}

const shownProblems = 20;

/** @returns the first 20, each with its path */
export function problemsOf(issues: readonly SchemaIssue[]): readonly DocumentProblem[] {
  return issues.slice(0, shownProblems).map((issue) => ({ path: pathOf(issue), message: messageOf(issue) }));
}

/** "Invalid input" alone would leave the caller to guess which forms there are. */
function messageOf(issue: SchemaIssue): string {
  if (!isOfUnion(issue)) return issue.message;
  const forms = issue.errors.map((form) =>
    form
      .slice(0, shownProblems)
      .map((one) => `${pathOf(one)}: ${one.message}`)
      .join(', '),
  );
  return `fits none of ${forms.length} forms: ${forms.map((form, index) => `(${index + 1}) ${form}`).join('; ')}`;
}

function isOfUnion(issue: SchemaIssue): issue is UnionIssue {
  return 'errors' in issue && Array.isArray(issue.errors) && issue.errors.length > 0;
}

function pathOf({ path = [] }: SchemaIssue): string {
  return path.map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.');
}
