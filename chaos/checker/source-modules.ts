/** Importing this file lets a program that Node runs as it is load the sources of services and libraries. */
import module from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformFileSync } from '@swc/core';

const ROOT = resolve(import.meta.dirname, '../..');
const OURS = new RegExp(`^${pathToFileURL(ROOT).href}/(apps|libs)/.*\\.ts$`);

/** As jest.config.ts compiles them: Node by itself runs neither decorators nor parameter properties. */
const compiled = (file: string): string =>
  transformFileSync(file, {
    swcrc: false,
    sourceMaps: 'inline',
    jsc: {
      target: 'es2024',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'es6' },
  }).code;

// Jest compiles them by itself, and refuses hooks.
if (!('jest' in import.meta))
  module.registerHooks({
    resolve: (specifier, context, next) => {
      const [, lib] = /^@caravan\/([a-z]+)$/.exec(specifier) ?? [];
      return lib
        ? { url: pathToFileURL(join(ROOT, 'libs', lib, 'src/index.ts')).href, shortCircuit: true }
        : next(specifier, context);
    },
    load: (url, context, next) =>
      OURS.test(url)
        ? { format: 'module', source: compiled(fileURLToPath(url)), shortCircuit: true }
        : next(url, context),
  });
