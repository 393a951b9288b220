import { Injectable } from '@nestjs/common';
import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';

/** The description of the admin API, made from the routes and their schemas once the application is there. */
@Injectable()
export class ApiDescription {
  private made: OpenAPIObject | undefined;

  describe(app: INestApplication, module: Type, server: string): void {
    const head = new DocumentBuilder()
      .setTitle('Gatehouse admin API')
      .setVersion('1')
      .addServer(server)
      .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'The admin token.' })
      .build();
    const made = SwaggerModule.createDocument(app, head, { include: [module] });
    for (const path of Object.values(made.paths)) asProblems(path);
    this.made = made;
  }

  get document(): OpenAPIObject {
    if (!this.made) throw new Error('the application is still starting');
    return this.made;
  }
}

/** Errors have a media type of their own, which the decorators cannot give to one answer of a route. */
function asProblems({ get, put, post, patch, delete: remove }: OpenAPIObject['paths'][string]): void {
  for (const operation of [get, put, post, patch, remove]) {
    const answer = operation?.responses.default;
    if (!answer || !('content' in answer) || !answer.content) continue;
    const [problem] = Object.values(answer.content);
    if (problem) answer.content = { 'application/problem+json': problem };
  }
}
