import { z } from 'zod';

/** How far the directory of one provider has got to Jira. */

const Count = z.int().min(0);

export const ProviderProvisioning = z
  .strictObject({
    provider: z.string(),
    people: z.strictObject({ active: Count, inactive: Count, removed: Count }),
    leftOut: Count.describe(
      'People, not removed, to whom `directory.onlyUsers` gives no account. Whoever has one when they leave the filter keeps it, and is not counted.',
    ),
    groups: Count,
    lastRequestAt: z.iso
      .datetime()
      .nullable()
      .describe('With any of its tokens; recorded at most once a minute. Null: never.'),
    pending: z
      .strictObject({
        people: Count.describe('Something about them is on its way.'),
        groups: Count.describe('Changes of members are being sent on to the people.'),
        everybody: z
          .boolean()
          .describe(
            'True: all of the directory is being read, or everybody mapped anew, so that more people may follow.',
          ),
        jobs: Count,
        oldestSeconds: z
          .int()
          .min(0)
          .nullable()
          .describe('The lag: for how long the oldest of these jobs has been due.'),
        isWhole: z.boolean().describe('False: more jobs wait than are counted here, of whatever provider.'),
      })
      .describe('Of this provider; what is planned for later is not among it.'),
    parked: Count.describe('Jobs about these people and groups, or all of the directory, that wait for a person.'),
    refused: z
      .array(z.strictObject({ code: z.string(), people: Count }))
      .describe(
        'Who has no Jira user, or not as the directory wants it, and why; the most frequent first. Whoever has an account when entry refuses them keeps it, and is not counted.',
      ),
    peopleDoneLately: Count.describe(
      'In the last five minutes, and nothing about them is on its way any more, or parked.',
    ),
    etaSeconds: z
      .int()
      .min(0)
      .nullable()
      .describe(
        'Until everybody pending is done, at the pace of the last five minutes. Null: nobody was done in them, or nobody is counted yet of those whom a group or the whole directory leads to.',
      ),
  })
  .meta({ id: 'ProviderProvisioning' });
export type ProviderProvisioning = z.output<typeof ProviderProvisioning>;
