import { TerminalError } from '@gatehouse/errors';
import { z } from 'zod';

/** Asked for, and the most that Cognito gives. More is another server than it. */
export const pageSize = 60;

const tokenLengthMax = 131_072;
const attributesMax = 200;

const User = z.object({
  Username: z.string().min(1).max(500),
  Enabled: z.boolean(),
  UserStatus: z.string().max(100).optional(),
  Attributes: z
    .array(z.object({ Name: z.string().min(1).max(200), Value: z.string().max(4_096).optional() }))
    .max(attributesMax),
});
const Group = z.object({ GroupName: z.string().min(1).max(255) });
const Token = z.string().min(1).max(tokenLengthMax).optional();

const UsersPage = z.object({ Users: z.array(User).max(pageSize), token: Token });
const GroupsPage = z.object({ Groups: z.array(Group).max(pageSize), token: Token });

export type CognitoUser = z.output<typeof User>;

export interface Page<One> {
  readonly items: readonly One[];
  /** Of the next one; undefined: the listing is complete. */
  readonly next: string | undefined;
}

/** @throws TerminalError `cognito.answer_malformed`: a page that is not whole is no page, and nobody is missing from it */
export function readUsersPage(answer: unknown, asked: string | undefined): Page<CognitoUser> {
  const { Users, token } = parsed(UsersPage, answer);
  return { items: Users, next: nextOf(token, asked) };
}

/** @throws TerminalError `cognito.answer_malformed` */
export function readGroupsPage(answer: unknown, asked: string | undefined): Page<string> {
  const { Groups, token } = parsed(GroupsPage, answer);
  return { items: Groups.map(({ GroupName }) => GroupName), next: nextOf(token, asked) };
}

function parsed<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  // Where, and never what: the answer is about people.
  throw malformed(result.error.issues.slice(0, 5).map(({ path, code }) => `${path.join('.')}: ${code}`));
}

/** The same page again and again would never end. */
function nextOf(next: string | undefined, asked: string | undefined): string | undefined {
  if (next !== undefined && next === asked) throw malformed(['the token of the next page is that of this one']);
  return next;
}

function malformed(problems: readonly string[]): TerminalError {
  return new TerminalError('cognito.answer_malformed', 'A page of the listing is not what Cognito documents.', {
    internal: problems.join(', '),
  });
}
