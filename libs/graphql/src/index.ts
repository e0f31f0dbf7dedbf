/**
 * What every GraphQL API of ours has in common: the bounded Apollo driver, the guard, loaders, errors, money, cursors,
 * the order draft and the offline IDE page. Knows contracts, never a service's inside.
 */
export { Address, AddressInput } from './address.ts';
export { BoundedApolloDriver } from './bounded-apollo-driver.ts';
export { CallerGuard, Public, Roles } from './caller-guard.ts';
export { catalogueQuestion, PRODUCTS_PAGE } from './catalogue.ts';
export { decodeCursor, encodeCursor, MAX_PAGE, pageSize, searchText } from './cursor.ts';
export { DateTime, dateText } from './date-time.ts';
export { productId, skuOf } from './global-id.ts';
export type { Example, GraphiqlOptions } from './graphiql-page.ts';
export { graphqlApiEnv } from './graphql-api.env.ts';
export { GraphqlApiModule } from './graphql-api.module.ts';
export { currentLanguage, type Language, LOCALE } from './language.ts';
export { Loaders } from './loaders.ts';
export { failureText, messages } from './messages.ts';
export { Money, moneyText } from './money.ts';
export { checkedKey, draftOrder, type OrderDraft, type OrderWish } from './order-draft.ts';
export { badInput, notFound } from './public-errors.ts';
export { RequestContext } from './request-context.ts';
