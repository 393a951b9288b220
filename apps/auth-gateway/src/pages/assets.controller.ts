import { Controller, Get, Header } from '@nestjs/common';
import { stylesheet } from '@gatehouse/web';

@Controller('assets')
export class AssetsController {
  @Get('sign-in.css')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', 'public, max-age=31536000, immutable')
  @Header('x-content-type-options', 'nosniff')
  signIn(): string {
    return stylesheet;
  }
}
