import type { ApolloServerOptionsWithSchema, BaseContext } from '@apollo/server';
import type { DocumentNode } from 'graphql';

type DocumentStore = NonNullable<ApolloServerOptionsWithSchema<BaseContext>['documentStore']>;

/**
 * Documents that were parsed and found valid, least recently used first out. Bounded by their text: a document's tree
 * is some hundred times as large as its text.
 */
export class DocumentCache implements DocumentStore {
  private readonly documents = new Map<string, DocumentNode>();
  private readonly keysByText = new Map<string, string>();
  private characters = 0;

  /** @param maxCharacters of all remembered documents together */
  constructor(private readonly maxCharacters = 200_000) {}

  get size(): number {
    return this.documents.size;
  }

  /** The document with exactly this text, without the digest that Apollo names it by. */
  ofText(text: string): DocumentNode | undefined {
    const key = this.keysByText.get(text);
    return key === undefined ? undefined : this.touch(key);
  }

  async get(key: string): Promise<DocumentNode | undefined> {
    return this.touch(key);
  }

  async set(key: string, document: DocumentNode): Promise<void> {
    await this.delete(key);
    this.documents.set(key, document);
    if (document.loc) this.keysByText.set(document.loc.source.body, key);
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
    if (document.loc) this.keysByText.delete(document.loc.source.body);
    return this.documents.delete(key);
  }

  private touch(key: string): DocumentNode | undefined {
    const document = this.documents.get(key);
    if (document) {
      this.documents.delete(key);
      this.documents.set(key, document);
    }
    return document;
  }
}

const lengthOf = (document: DocumentNode): number => document.loc?.source.body.length ?? 1_000;
