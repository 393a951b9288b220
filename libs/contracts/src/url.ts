import { z } from 'zod';

const notAnAddress = 'must be an absolute http or https URL';

export const HttpUrl = z
  .url({ protocol: /^https?$/, error: ({ code }) => (code === 'invalid_format' ? notAnAddress : undefined) })
  .max(2048);
