import { GatehouseError } from '@gatehouse/errors';

/** For everything of a page together: somebody waits for it. */
export const askedWithinMs = 5_000;

/** A Jira that is away is no reason to keep the list itself back. @returns null when Jira did not say */
export async function unlessAway<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GatehouseError) return null;
    throw error;
  }
}
