import { describe } from '@jest/globals';
import { jiraAwayStory } from './stories/jira-away.story.js';
import { Installation } from './support/installation.js';
import { sharedSite } from './support/site.js';

describe('everything in one process', () => {
  jiraAwayStory(sharedSite(() => Installation.start()));
});
