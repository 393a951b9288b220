import { expect, it } from '@jest/globals';
import { badRequest, ScimError } from './scim-error.js';

it('C18 says the status as a text, and the type where there is one', () => {
  expect(badRequest('invalidFilter', 'why').toBody()).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: '400',
    scimType: 'invalidFilter',
    detail: 'why',
  });
  expect(new ScimError(404, undefined, 'gone').toBody()).not.toHaveProperty('scimType');
});
