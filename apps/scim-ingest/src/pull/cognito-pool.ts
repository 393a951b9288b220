import type { CognitoUser, Page } from './read-page.js';

/** What of one user pool is read, page by page. Every method throws errors of `cognito-errors.ts` and of `read-page.ts`. */
export abstract class CognitoPool {
  /** @param token of the page; undefined: the first */
  abstract users(token: string | undefined): Promise<Page<CognitoUser>>;
  /** The names of the groups. */
  abstract groups(token: string | undefined): Promise<Page<string>>;
  /** @returns undefined when there is no such group any more */
  abstract members(group: string, token: string | undefined): Promise<Page<CognitoUser> | undefined>;
  /** @returns undefined when nobody has this `sub` */
  abstract userBySub(sub: string): Promise<CognitoUser | undefined>;
  abstract close(): void;
}
