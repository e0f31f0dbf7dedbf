import type { ApolloServerOptionsWithSchema, BaseContext } from '@apollo/server';
import type { DocumentNode } from 'graphql';

type DocumentStore = NonNullable<ApolloServerOptionsWithSchema<BaseContext>['documentStore']>;

/**
 * Documents that were parsed and found valid, least recently used first out. Bounded by their text: a document's tree
 * is some hundred times as large as its text.
 */
export class DocumentCache implements DocumentStore {
  private readonly documents = new Map<string, DocumentNode>();
  private characters = 0;

  /** @param maxCharacters of all remembered documents together */
  constructor(private readonly maxCharacters = 200_000) {}

  get size(): number {
    return this.documents.size;
  }

  async get(key: string): Promise<DocumentNode | undefined> {
    const document = this.documents.get(key);
    if (document) {
      this.documents.delete(key);
      this.documents.set(key, document);
    }
    return document;
  }

  async set(key: string, document: DocumentNode): Promise<void> {
    await this.delete(key);
    this.documents.set(key, document);
    this.characters += lengthOf(document);
    for (const [oldest] of this.documents) {
      if (this.characters <= this.maxCharacters) break;
      await this.delete(oldest);
    }
  }

  async delete(key: string): Promise<boolean> {
    const document = this.documents.get(key);
    if (!document) return false;
    this.characters -= lengthOf(document);
    return this.documents.delete(key);
  }
}

const lengthOf = (document: DocumentNode): number => document.loc?.source.body.length ?? 1_000;
