import { z } from 'zod';
import { SecretValue } from './secret-value.js';
import { HttpUrl } from './url.js';

/** Cognito lists 30 requests a second of one account and region (UserList, not adjustable); others need some of them. */
const requestsPerSecondMax = 25;

/** Of a provider that pushes nothing and is asked instead: an Amazon Cognito user pool. */
export const PullSync = z.strictObject({
  userPoolId: z
    .string()
    .max(55)
    .regex(/^[\w-]+_[0-9a-zA-Z]+$/, 'must be the id of a user pool, such as eu-central-1_AbCdEfGhI')
    .describe('Of the Cognito user pool whose people and groups are read.'),
  region: z
    .string()
    .max(32)
    .regex(/^[a-z]{2,5}(-[a-z]+)+-\d$/, 'must be a region of AWS, such as eu-central-1')
    .describe('Where the pool is.'),
  everyMinutes: z
    .number()
    .int()
    .min(5)
    .max(10_080)
    .default(60)
    .describe('How long after the beginning of one listing the next one begins.'),
  requestsPerSecond: z
    .number()
    .int()
    .min(1)
    .max(requestsPerSecondMax)
    .default(10)
    .describe("Asked at most. Cognito's quota of 30 is shared by everything in the same account and region."),
  groups: z
    .boolean()
    .default(true)
    .describe('Off: only people are read, and what groups the directory has of them stays as it is.'),
  accessKeyId: z
    .string()
    .regex(/^[A-Za-z0-9]{16,128}$/, 'must be an access key id')
    .optional()
    .describe('Of an IAM user. Left out: what the machine itself may, by the default chain of the AWS SDK.'),
  secretAccessKey: SecretValue.optional().describe(
    'Of that access key. The text, or the variable that is read when this is applied. Kept encrypted, never exported; left out later: the stored one stays.',
  ),
  endpoint: HttpUrl.optional().describe(
    'Instead of the public address of Cognito in the region: an interface endpoint of a VPC, whose host `allowedHosts` has to name.',
  ),
});
export type PullSync = z.output<typeof PullSync>;

/** As it is stored and exported. */
export const PullSyncWithoutSecret = PullSync.omit({ secretAccessKey: true });
export type PullSyncWithoutSecret = z.output<typeof PullSyncWithoutSecret>;

/** Below the provider, and so the end of the name that the secret is stored by. */
export const pullSyncSecret = ['pullSync', 'secretAccessKey'] as const;

/** Where Cognito answers for this pool. */
export function pullSyncAddress({ endpoint, region }: Pick<PullSync, 'endpoint' | 'region'>): string {
  if (endpoint !== undefined) return endpoint;
  return `https://cognito-idp.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}/`;
}
