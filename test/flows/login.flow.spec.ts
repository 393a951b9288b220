import { describe } from '@jest/globals';
import { loginStory } from './stories/login.story.js';
import { Installation } from './support/installation.js';
import { sharedSite } from './support/site.js';

describe('everything in one process', () => {
  loginStory(sharedSite(() => Installation.start()));
});
