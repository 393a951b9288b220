import { All, Controller, UseFilters } from '@nestjs/common';
import { SignInErrorFilter } from './sign-in-error.filter.js';
import { SignInError } from './sign-in-error.js';

/** A mistyped or outdated address of ours ends on the same page as everything else, not on a line of JSON. */
@Controller()
@UseFilters(SignInErrorFilter)
export class UnknownPageController {
  @All('*')
  unknown(): never {
    throw new SignInError('api.not_found');
  }
}
