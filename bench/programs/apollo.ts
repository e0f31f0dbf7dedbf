import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import fastify from 'fastify';

/** The catalogue's first page from memory, on Apollo and Fastify as they come: no gateway, no service, no database. */
const { PORT = '0', PRODUCTS_FILE = '' } = process.env;

const euro = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

interface Stored {
  sku: string;
  name: string;
  description: string;
  category: string;
  imageUrl: string;
  price: number;
  stock: number;
}

const products = JSON.parse(readFileSync(PRODUCTS_FILE, 'utf8')) as Stored[];

const typeDefs = `#graphql
  type Query { products(first: Int = 20, after: String): ProductConnection! }
  type ProductConnection { nodes: [Product!]! pageInfo: PageInfo! totalCount: Int! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Product { sku: ID! name: String! description: String! category: String! imageUrl: String! price: Money! available: Int }
  type Money { amountMinor: Int! currency: String! formatted: String! }
`;

const resolvers = {
  Query: {
    products: (_: unknown, { first }: { first: number }): object => ({
      nodes: products.slice(0, first).map(({ price, stock, ...product }) => ({
        ...product,
        price: { amountMinor: price, currency: 'EUR', formatted: euro.format(price / 100) },
        available: stock,
      })),
      pageInfo: { hasNextPage: products.length > first, endCursor: String(first) },
      totalCount: products.length,
    }),
  },
};

const app = fastify();
const server = new ApolloServer({ typeDefs, resolvers, plugins: [fastifyApolloDrainPlugin(app)] });
await server.start();
app.post('/web/graphql', fastifyApolloHandler(server));
await app.listen({ port: Number(PORT), host: '127.0.0.1' });
process.send?.({ ready: true });
