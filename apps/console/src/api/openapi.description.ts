import { Injectable } from '@nestjs/common';
import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { roleExtension } from '../access/needs.decorator.js';

/** The description of the admin API, made from the routes and their schemas once the application is there. */
@Injectable()
export class ApiDescription {
  private made: OpenAPIObject | undefined;

  describe(app: INestApplication, module: Type, server: string): void {
    const head = new DocumentBuilder()
      .setTitle('Gatehouse admin API')
      .setVersion('1')
      .addServer(server)
      .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A token made here, or the admin token.' })
      .build();
    const made = SwaggerModule.createDocument(app, head, { include: [module] });
    for (const operation of operationsOf(made)) {
      asProblems(operation);
      sayRole(operation);
    }
    this.made = made;
  }

  get document(): OpenAPIObject {
    if (!this.made) throw new Error('the application is still starting');
    return this.made;
  }
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

function operationsOf({ paths }: OpenAPIObject): readonly Operation[] {
  return Object.values(paths).flatMap(({ get, put, post, patch, delete: remove }) =>
    [get, put, post, patch, remove].filter((operation) => operation !== undefined),
  );
}

/** Errors have a media type of their own, which the decorators cannot give to one answer of a route. */
function asProblems({ responses }: Operation): void {
  const answer = responses.default;
  if (!answer || !('content' in answer) || !answer.content) return;
  const [problem] = Object.values(answer.content);
  if (problem) answer.content = { 'application/problem+json': problem };
}

/** For people; the extension is for programs. */
function sayRole(operation: Operation): void {
  const role: unknown = roleExtension in operation ? operation[roleExtension] : undefined;
  if (typeof role !== 'string') return;
  operation.description = [operation.description, `Needs the role **${role}**.`].filter(Boolean).join('\n\n');
}
