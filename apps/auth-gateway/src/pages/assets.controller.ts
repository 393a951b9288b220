import { Controller, Get, Header } from '@nestjs/common';
import { stylesheet } from '@gatehouse/web';
import { signInScript, signInScriptFile } from './sign-in.script.js';

const forEver = 'public, max-age=31536000, immutable';

@Controller('assets')
export class AssetsController {
  @Get('sign-in.css')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', forEver)
  @Header('x-content-type-options', 'nosniff')
  @Header('cross-origin-resource-policy', 'same-origin')
  style(): string {
    return stylesheet;
  }

  @Get(signInScriptFile)
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('cache-control', forEver)
  @Header('x-content-type-options', 'nosniff')
  @Header('cross-origin-resource-policy', 'same-origin')
  script(): string {
    return signInScript;
  }
}
