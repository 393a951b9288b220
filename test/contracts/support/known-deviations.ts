/**
 * Where we follow what a real Jira was seen to do, or its own documentation, against its OpenAPI document. Each is
 * there with its reason, and the contract test fails when one is missing or is not needed any more.
 */
export const shapeDeviations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  UserBean: {
    'groups.items: not there': 'Recorded on 10.4: the document leaves the list out of its list wrapper.',
    'applicationRoles.items: not there': 'Recorded on 10.4, as above.',
  },
  GroupBean: {
    'users.max-results: not there': 'Written by its XML name, which the document gives beside maxResults.',
    'users.start-index: not there': 'The example of the 8.4.3 WADL has it.',
    'users.end-index: not there': 'The example of the 8.4.3 WADL has it.',
    'expand: not there': 'The example of the 8.4.3 WADL has it.',
  },
  PermissionBean: {
    'havePermission: not there': "In the document's own example of the same schema.",
  },
  UserWriteBean: {
    'notification: string or boolean here, string there': "Jira's mapper turns a boolean into text.",
  },
};

/** Answers that are right although the document does not list them: method, path, status. */
export const statusDeviations: Readonly<Record<string, string>> = {
  'GET /api/2/user 400': 'Neither username nor key is given; the document lists only 404.',
  'GET /api/2/serverInfo 401': 'Measured with a token that opens nothing (jira-facts 2.1).',
};

/** Schemas the document gets wrong as a whole, so that nothing can be held against them (jira-facts 3). */
export const unusableSchemas: Readonly<Record<string, string>> = {
  'GET /api/2/user/search': 'One UserBean, where a bare array is answered: recorded on 10.4.',
  'GET /api/2/applicationrole': 'One ApplicationRoleBean, where an array is answered.',
  'GET /api/2/group/member':
    'One UserJsonBean, where a page of them is answered. Also: groupname is a query parameter.',
  'GET /api/2/serverInfo': 'An object without any property; recorded on 10.4.',
  'POST and PUT /api/2/user': 'A UserWriteBean, where the whole user is answered.',
};
